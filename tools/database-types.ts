import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client } from "pg";
import { migrate } from "../handlers/workers/migrator/migrate.ts";
import { readMigrationFiles } from "../handlers/workers/migrator/migration-file.ts";
import { startPostgres } from "../local/engines/index.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const typesFile = join(root, "sql/database.generated.ts");

/** The row types of a migrated database, as Kysely wants them; numbers fit, for no bigint of ours exceeds 2^53. */
export async function databaseTypes(url: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(root, "node_modules/kysely-codegen/dist/cli/bin.js"),
    "--print",
    ...["--log-level", "silent", "--dialect", "postgres", "--url", url, "--date-parser", "string"],
    ...["--include-pattern", "(audit|reporting|ops).*"],
    ...["--type-mapping", JSON.stringify({ int8: "number", timestamptz: "Date", int8multirange: "string" })],
  ]);
  return `${stdout.trim()}\n`;
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
    console.log("sql/database.generated.ts is written");
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeDatabaseTypes();
