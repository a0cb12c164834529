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
import { createStockOperations, stockChecks } from "./operations.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const meter = createMeter(environment);
const { copies, rateLimiter } = connectCache(environment, { clock: systemClock, log, meter });
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
    operations: createStockOperations({
      store,
      levels: createCachedLevels({ copies, table: store, clock: systemClock, wait: systemWait, meter }),
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
