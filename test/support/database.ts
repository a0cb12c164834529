import { fileURLToPath } from "node:url";
import { Kysely, PostgresDialect } from "kysely";
import { freshDatabase, postgresUrl } from "laptop-cloud/testing";
import { Client, Pool } from "pg";
import { onTestFinished } from "vitest";
import { migrate } from "../../handlers/migrator/migrate.ts";
import { readMigrationFiles } from "../../handlers/migrator/migration-file.ts";
import { connectionConfig, type Database } from "../../handlers/runtime/database/database.ts";
import type { DB } from "../../sql/database.generated.ts";

export const migrationsFolder = fileURLToPath(new URL("../../sql/migrations", import.meta.url));

/** Creates and migrates a database, and returns the superuser's connection string. */
export async function migratedDatabase(): Promise<string> {
  const url = await freshDatabase();
  await withClusterLock(() =>
    withClient(url, async (client) => migrate(client, await readMigrationFiles(migrationsFolder))),
  );
  return url;
}

/** Returns the connection string of a role that the migrations create. The engine asks for no password. */
export const urlAs = (url: string, role: string): string => Object.assign(new URL(url), { username: role }).href;

/** Connects a client for one test, and disconnects it after the test. */
export async function connectedClient(url: string): Promise<Client> {
  const client = new Client({ ...connectionConfig(addressOf(url)), user: userOf(url) });
  client.on("error", () => undefined); // The current query rejects as well.
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Creates a Kysely for one test, with the column types of production, and destroys it after the test. */
export function kyselyOf(url: string): Database {
  const pool = new Pool({ ...connectionConfig(addressOf(url)), user: userOf(url), max: 4 });
  pool.on("error", () => undefined);
  const database = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  onTestFinished(() => database.destroy());
  return database;
}

export function addressOf(url: string) {
  const { hostname, port, pathname } = new URL(url);
  return { host: hostname, port: Number(port), database: pathname.slice(1), tls: "off" } as const;
}

const userOf = (url: string): string => decodeURIComponent(new URL(url).username);

/**
 * Roles belong to the cluster, so two databases that create them at the same time would collide. A deployment has only
 * one database.
 */
async function withClusterLock<Result>(run: () => Promise<Result>): Promise<Result> {
  return withClient(await postgresUrl(), async (client) => {
    await client.query("SELECT pg_advisory_lock(1)");
    return run();
  });
}

async function withClient<Result>(url: string, use: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
