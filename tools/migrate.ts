import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { readMigrationFiles } from "../handlers/migrator/migration-file.ts";
import { createMigrator } from "../handlers/migrator/migrator.ts";

/** Migrates any database with the migrator function's code: tools/migrate.ts postgresql://user@host/database */
const [url] = process.argv.slice(2);
if (url === undefined) {
  console.error(
    "The address of a database is missing: tools/node/node tools/migrate.ts postgresql://user@host:port/database",
  );
  process.exit(2);
}

const line = (message: string, fields?: object) => console.log(message, fields ?? "");
const migrator = createMigrator({
  connect: async () => {
    const client = new Client(url);
    await client.connect();
    return client;
  },
  readMigrations: () => readMigrationFiles(fileURLToPath(new URL("../sql/migrations", import.meta.url))),
  clock: () => Date.now(),
  log: { debug: line, info: line, warn: line, error: line },
  meter: { count: () => undefined, measure: () => undefined },
});
await migrator({ action: "migrate" });
