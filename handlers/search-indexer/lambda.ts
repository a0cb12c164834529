import { createDatabase, databaseAddress, iamPassword } from "../runtime/database/database.ts";
import { parseEnvironment } from "../runtime/environment.ts";
import { createLog } from "../runtime/observability/log.ts";
import { createMeter, metered } from "../runtime/observability/meter.ts";
import { systemClock } from "../runtime/system.ts";
import { Environment } from "./environment.ts";
import { createSearchIndexer } from "./handler.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const meter = createMeter(environment);
const address = databaseAddress(environment);

export const handler = metered(
  meter,
  createSearchIndexer({
    database: createDatabase({
      address,
      user: environment.DATABASE_USER,
      password: iamPassword(address, environment.DATABASE_USER),
      queryTimeoutMs: 12_000,
      log,
    }),
    clock: systemClock,
    log,
    meter,
  }),
);
