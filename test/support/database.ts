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

/** A migrated database of its own, by the superuser's connection string. */
export async function migratedDatabase(): Promise<string> {
  const url = await freshDatabase();
  await withClusterLock(() =>
    withClient(url, async (client) => migrate(client, await readMigrationFiles(migrationsFolder))),
  );
  return url;
}

/** As a role of the migrations: the engine trusts whoever reaches it. */
export const urlAs = (url: string, role: string): string => Object.assign(new URL(url), { username: role }).href;

/** A client for one test, ended when it ends. */
export async function connectedClient(url: string): Promise<Client> {
  const client = new Client({ ...connectionConfig(addressOf(url)), user: userOf(url) });
  client.on("error", () => undefined); // The query in hand rejects as well.
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** A Kysely for one test, with the production code's types of columns; destroyed when it ends. */
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

/** Roles belong to the cluster: two databases that make them at once would collide, as no deployment's do. */
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
