import { connectCache } from "../runtime/cache/index.ts";
import { createDatabase, databaseAddress, iamPassword } from "../runtime/database/database.ts";
import {
  createHttpHandler,
  createLog,
  createMeter,
  metered,
  parseEnvironment,
  systemClock,
  systemIds,
} from "../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createReportRoutes } from "./routes.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const address = databaseAddress(environment);
const meter = createMeter(environment);

export const handler = metered(
  meter,
  createHttpHandler({
    function: "reports",
    routes: createReportRoutes({
      database: createDatabase({
        address,
        user: environment.DATABASE_USER,
        password: iamPassword(address, environment.DATABASE_USER),
        queryTimeoutMs: 12_000,
        log,
      }),
    }),
    rateLimiter: connectCache(environment, { clock: systemClock, log, meter }).rateLimiter,
    clock: systemClock,
    ids: systemIds,
    log,
    meter,
  }),
);
