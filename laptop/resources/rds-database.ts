import { randomBytes } from "node:crypto";
import { Client, escapeIdentifier } from "pg";
import { z } from "zod";
import type { DatabaseAddress, Laptop } from "./laptop.ts";

export interface DatabaseOptions {
  /** Identifier of the cluster or the instance. */
  readonly identifier: string;
  readonly superuser: string;
  readonly database: string;
}

export function requirePostgres(engine: string): void {
  if (!/^(aurora-)?postgres(ql)?$/.test(engine)) {
    throw new Error(`the database engine ${engine} does not run on the laptop; PostgreSQL does`);
  }
}

/** Creates the database if it does not exist, and returns the address of the server. */
export async function startDatabase(laptop: Laptop, options: DatabaseOptions): Promise<DatabaseAddress> {
  const { identifier, superuser, database } = options;
  const address = await laptop.postgres({ superuser, database });
  await prepare(address, options);
  laptop.registry.databases.set(identifier, address);
  return address;
}

/** Creates the database, and the roles of every RDS server, because migrations grant them. */
async function prepare({ host, port }: DatabaseAddress, { superuser, database }: DatabaseOptions): Promise<void> {
  const client = new Client({ host, port, user: superuser, database: "postgres" });
  await client.connect();
  try {
    const databases = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [database]);
    if (databases.rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(database)}`);
    for (const role of ["rds_iam", "rds_superuser"]) {
      const { rowCount } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [role]);
      if (rowCount === 0) await client.query(`CREATE ROLE ${escapeIdentifier(role)} NOLOGIN`);
    }
  } finally {
    await client.end();
  }
}

/** The secret that RDS makes for the master user: `rds!<id>` with user name and password. */
export function masterSecret({ services, state }: Laptop, id: string, username: string) {
  const password = state.get(`password/${id}`, z.string()) ?? randomBytes(24).toString("base64url");
  state.set(`password/${id}`, password);
  const secret = services.secrets.createSecret({ name: `rds!${id}` });
  services.secrets.putSecretValue({ secretId: secret.arn, secretString: JSON.stringify({ username, password }) });
  return { secret_arn: secret.arn, secret_status: "active", kms_key_id: "alias/aws/secretsmanager" };
}
