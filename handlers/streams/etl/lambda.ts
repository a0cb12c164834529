import { S3Client } from "@aws-sdk/client-s3";
import { parseEnvironment } from "../../runtime/environment.ts";
import { lazy } from "../../runtime/lazy.ts";
import { createLog } from "../../runtime/log.ts";
import { createMeter } from "../../runtime/metrics.ts";
import { createDatabase, databaseAddress, iamPassword } from "../../runtime/postgres.ts";
import { Environment } from "./environment.ts";
import { createEtl } from "./handler.ts";
import { createQuarantine } from "./quarantine.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const address = databaseAddress(environment);
const bucketClient = lazy(
  () =>
    new S3Client({
      forcePathStyle: true,
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
    }),
);

export const handler = createEtl({
  database: createDatabase({
    address,
    user: environment.DATABASE_USER,
    password: iamPassword(address, environment.DATABASE_USER),
    queryTimeoutMs: 25_000,
    log,
  }),
  quarantine: createQuarantine(bucketClient, environment.QUARANTINE_BUCKET),
  log,
  meter: createMeter(environment),
});
