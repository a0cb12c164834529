import { connectCache } from "../runtime/cache/index.ts";
import { createDatabase, databaseAddress, iamPassword } from "../runtime/database/database.ts";
import {
  createHttpHandler,
  createLog,
  createMeter,
  lazySqs,
  metered,
  parseEnvironment,
  systemClock,
  systemIds,
} from "../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createOperationsRoutes } from "./routes.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const address = databaseAddress(environment);
const meter = createMeter(environment);

export const handler = metered(
  meter,
  createHttpHandler({
    function: "operations",
    routes: createOperationsRoutes({
      sqs: lazySqs({ timeoutMs: 1_000, attemptCountMax: 2 }),
      queues: environment.QUEUES,
      database: createDatabase({
        address,
        user: environment.DATABASE_USER,
        password: iamPassword(address, environment.DATABASE_USER),
        queryTimeoutMs: 3_000,
        log,
      }),
      clock: systemClock,
      log,
    }),
    rateLimiter: connectCache(environment, { clock: systemClock, log, meter }).rateLimiter,
    clock: systemClock,
    ids: systemIds,
    log,
    meter,
  }),
);
