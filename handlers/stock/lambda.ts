import { connectCache, createCachedLevels } from "../runtime/cache/index.ts";
import {
  createHttpHandler,
  createLog,
  createMeter,
  metered,
  parseEnvironment,
  systemClock,
  systemIds,
  systemRandom,
  systemWait,
} from "../runtime/index.ts";
import { createDynamoDbClient, createStockStore } from "../store/index.ts";
import { Environment } from "./environment.ts";
import { createStockRoutes, stockChecks } from "./routes.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const meter = createMeter(environment);
const { levelCache, rateLimiter } = connectCache(environment, { clock: systemClock, log, meter });
const store = createStockStore({
  dynamoDb: createDynamoDbClient(),
  tables: { inventory: environment.INVENTORY_TABLE, requests: environment.REQUESTS_TABLE },
  clock: systemClock,
  ids: systemIds,
  random: systemRandom,
  wait: systemWait,
  meter,
});

export const handler = metered(
  meter,
  createHttpHandler({
    function: "stock",
    routes: createStockRoutes({
      store,
      levels: createCachedLevels({ levelCache, table: store, clock: systemClock, wait: systemWait, meter }),
      clock: systemClock,
    }),
    checks: stockChecks,
    rateLimiter,
    clock: systemClock,
    ids: systemIds,
    log,
    meter,
  }),
);
