import { fileURLToPath } from "node:url";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Client } from "pg";
import { z } from "zod";
import { connectionConfig, databaseAddress } from "../runtime/database/database.ts";
import { parseEnvironment } from "../runtime/environment.ts";
import { createLog } from "../runtime/observability/log.ts";
import { createMeter, metered } from "../runtime/observability/meter.ts";
import { systemClock } from "../runtime/system.ts";
import { Environment } from "./environment.ts";
import { createMigrator } from "./handler.ts";
import { readMigrationFiles } from "./migration-file.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const meter = createMeter(environment);
const secrets = new SecretsManagerClient();

const MasterSecret = z.object({ username: z.string().min(1), password: z.string().min(1) });

/** Read at each run, for the master's password rotates. */
async function connect(): Promise<Client> {
  const secret = await secrets.send(new GetSecretValueCommand({ SecretId: environment.DATABASE_SECRET_ARN }));
  const { username, password } = MasterSecret.parse(JSON.parse(secret.SecretString ?? "null"));
  const client = new Client({ ...connectionConfig(databaseAddress(environment)), user: username, password });
  client.on("error", (error) => log.error("database connection lost", { error }));
  await client.connect();
  return client;
}

export const handler = metered(
  meter,
  createMigrator({
    connect,
    // The bundle carries the files of sql/migrations beside it.
    readMigrations: () => readMigrationFiles(fileURLToPath(new URL("migrations", import.meta.url))),
    clock: systemClock,
    log,
    meter,
  }),
);
