import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Client } from "pg";
import { z } from "zod";
import { connectionConfig, databaseAddress } from "../runtime/database/database.ts";
import type { Bound } from "../runtime/index.ts";
import type { Environment } from "./environment.ts";

const MasterSecret = z.object({ username: z.string().min(1), password: z.string().min(1) });

/** Returns a function that connects as the master user. It reads the secret each time, because the password rotates. */
export function connectAsMaster({ environment, ports: { log } }: Bound<z.output<typeof Environment>>) {
  const secrets = new SecretsManagerClient();
  return async (): Promise<Client> => {
    const secret = await secrets.send(new GetSecretValueCommand({ SecretId: environment.DATABASE_SECRET_ARN }));
    const { username, password } = MasterSecret.parse(JSON.parse(secret.SecretString ?? "null"));
    const client = new Client({ ...connectionConfig(databaseAddress(environment)), user: username, password });
    client.on("error", (error) => log.error("database connection lost", { error }));
    await client.connect();
    return client;
  };
}
