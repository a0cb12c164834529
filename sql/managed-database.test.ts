import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "laptop-cloud/engines";
import { Client } from "pg";
import { expect, it, onTestFinished } from "vitest";
import { migrate } from "../handlers/migrator/migrate.ts";
import { readMigrationFiles } from "../handlers/migrator/migration-file.ts";
import { makePartitions } from "../handlers/migrator/partitions.ts";
import { connectedClient, migrationsFolder, urlAs } from "../test/support/database.ts";

/** Starts an engine like RDS and Aurora: the master user is not a superuser, and members of rds_iam log in by IAM. */
async function managedDatabase(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "managed-database-"));
  const engine = await startPostgres({ folder, storage: "memory", superuser: "rdsadmin", database: "postgres" });
  onTestFinished(async () => {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const client = new Client(engine.endpoint);
  await client.connect();
  await client.query("CREATE ROLE rds_iam");
  await client.query("CREATE ROLE master LOGIN CREATEROLE CREATEDB");
  await client.query("GRANT rds_iam TO master WITH ADMIN OPTION");
  await client.query("CREATE DATABASE inventory OWNER master");
  await client.end();
  return Object.assign(new URL(urlAs(engine.endpoint, "master")), { pathname: "/inventory" }).href;
}

it("the migrations run as a managed database's master user, and let the roles log in by IAM", async () => {
  const url = await managedDatabase();
  const master = await connectedClient(url);
  const files = await readMigrationFiles(migrationsFolder);
  expect((await migrate(master, files)).applied).toHaveLength(files.length);
  expect((await migrate(master, files)).applied).toEqual([]);
  expect((await makePartitions(master, "2011-01-31")).made).toHaveLength(4);
  const { rows } = await master.query(
    "SELECT member::regrole::text AS member FROM pg_auth_members WHERE roleid = 'rds_iam'::regrole AND member <> 'master'::regrole ORDER BY 1",
  );
  expect(rows.map(({ member }) => member)).toEqual(["app_reader", "etl", "indexer", "migrator", "reporter"]);

  const migrator = await connectedClient(urlAs(url, "migrator"));
  expect((await migrate(migrator, files)).applied).toEqual([]);
  expect((await makePartitions(migrator, "2012-01-31")).made).toHaveLength(4);

  const second = Object.assign(new URL(url), { pathname: "/second" }).href;
  await master.query("CREATE DATABASE second");
  expect((await migrate(await connectedClient(second), files)).applied).toHaveLength(files.length);
});
