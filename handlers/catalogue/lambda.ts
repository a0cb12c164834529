import { connectCache } from "../runtime/cache/index.ts";
import {
  createHttpHandler,
  createLog,
  createMeter,
  lazy,
  lazyDynamoDb,
  metered,
  parseEnvironment,
  systemClock,
  systemIds,
  systemWait,
} from "../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createCatalogueRoutes, needsToken } from "./routes.ts";
import type { ItemSearch } from "./search.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const meter = createMeter(environment);

/** Loaded when first asked for, so that no other request pays for the generator. */
const openApi = lazy(async () => {
  const { createOpenApi } = await import("../../contract/openapi.ts");
  return JSON.stringify(createOpenApi());
});

const asyncApi = lazy(async () => {
  const { createAsyncApi } = await import("../../contract/asyncapi.ts");
  return JSON.stringify(createAsyncApi());
});

/** Loaded for searches alone; nothing else here needs PostgreSQL, nor waits for it. */
const search = lazy(async () => {
  const { createDatabase, databaseAddress, iamPassword } = await import("../runtime/database/database.ts");
  const { findItems } = await import("./find-items.ts");
  const address = databaseAddress(environment);
  const user = environment.DATABASE_USER;
  const database = createDatabase({ address, user, password: iamPassword(address, user), queryTimeoutMs: 5_000, log });
  return (wanted: ItemSearch) => findItems(database, wanted);
});

export const handler = metered(
  meter,
  createHttpHandler({
    function: "catalogue",
    routes: createCatalogueRoutes({
      // Every write here is conditioned on a revision, so that the client may repeat one whose answer was lost.
      dynamoDb: lazyDynamoDb({ timeoutMs: 1_000, attemptCountMax: 3 }),
      inventoryTable: environment.INVENTORY_TABLE,
      access: environment.CATALOGUE_ACCESS,
      openApi,
      asyncApi,
      findItems: async (wanted) => (await search())(wanted),
      clock: systemClock,
      wait: systemWait,
    }),
    needsToken: needsToken(environment.CATALOGUE_ACCESS),
    rateLimiter: connectCache(environment, { clock: systemClock, log, meter }).rateLimiter,
    clock: systemClock,
    ids: systemIds,
    log,
    meter,
  }),
);
