import { createDatabase, databaseAddress, iamPassword } from "../runtime/database/database.ts";
import { parseEnvironment } from "../runtime/environment.ts";
import { createLog } from "../runtime/observability/log.ts";
import { createMeter, metered } from "../runtime/observability/meter.ts";
import { systemClock } from "../runtime/system.ts";
import { createQuarantine, lazyQuarantineClient } from "../runtime/table-change/index.ts";
import { Environment } from "./environment.ts";
import { createEtl } from "./handler.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const meter = createMeter(environment);
const address = databaseAddress(environment);

export const handler = metered(
  meter,
  createEtl({
    database: createDatabase({
      address,
      user: environment.DATABASE_USER,
      password: iamPassword(address, environment.DATABASE_USER),
      queryTimeoutMs: 25_000,
      log,
    }),
    quarantine: createQuarantine(lazyQuarantineClient(), { bucket: environment.QUARANTINE_BUCKET, folder: "etl" }),
    clock: systemClock,
    log,
    meter,
  }),
);
