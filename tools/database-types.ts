import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Kysely, PostgresDialect as KyselyPostgresDialect } from "kysely";
import { generate, PostgresDialect } from "kysely-codegen";
import { startPostgres } from "laptop-cloud/engines";
import { Client, Pool } from "pg";
import { migrate } from "../handlers/migrator/migrate.ts";
import { readMigrationFiles } from "../handlers/migrator/migration-file.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const typesFile = join(root, "sql/database.generated.ts");

const dialect = new PostgresDialect({ dateParser: "string" });

/** Generates Kysely's row types of a migrated database. A bigint is a number, because none of ours exceeds 2^53. */
export async function databaseTypes(url: string): Promise<string> {
  const pool = new Pool({ connectionString: url });
  // The engine may stop while the pool's connections close. A running query would reject on its own.
  pool.on("error", () => undefined);
  const db = new Kysely<unknown>({ dialect: new KyselyPostgresDialect({ pool }) });
  try {
    return await generate({
      db,
      dialect,
      includePattern: "(audit|reporting|ops|search).*",
      typeMapping: { int8: "number", timestamptz: "Date", int8multirange: "string" },
      outFile: null,
    });
  } finally {
    await db.destroy();
  }
}

/** Migrates an empty database and writes sql/database.generated.ts from it. */
async function writeDatabaseTypes(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "database-types-"));
  const engine = await startPostgres({ folder, storage: "memory", superuser: "master", database: "types" });
  try {
    const client = new Client(engine.endpoint);
    await client.connect();
    await migrate(client, await readMigrationFiles(join(root, "sql/migrations")));
    await client.end();
    writeFileSync(typesFile, await databaseTypes(engine.endpoint));
    console.log("wrote sql/database.generated.ts");
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeDatabaseTypes();
