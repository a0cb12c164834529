import { describe, expect, it } from "vitest";
import { connectedClient, migratedDatabase, migrationsFolder } from "../../test/support/database.ts";
import { migrate } from "./migrate.ts";
import { type MigrationFile, readMigrationFiles } from "./migration-file.ts";

const files = await readMigrationFiles(migrationsFolder);
const names = files.map(({ name }) => name);

const next = (sql: string, verb = "add"): MigrationFile => ({
  name: `${String(files.length + 1).padStart(4, "0")}_${verb}_thing.sql`,
  sql,
  checksum: `of ${sql}`,
});

async function setup() {
  const url = await migratedDatabase();
  const client = await connectedClient(url);
  const there = async (relation: string) =>
    (await client.query("SELECT to_regclass($1) IS NOT NULL AS there", [relation])).rows[0].there;
  return { url, client, there };
}

describe("migrate", () => {
  it("applies nothing to a database that has all migrations", async () => {
    const { client } = await setup();
    expect(await migrate(client, files)).toEqual({ applied: [], appliedBefore: names.length });
    const { rows } = await client.query("SELECT name, checksum FROM ops.migration ORDER BY name");
    expect(rows).toEqual(files.map(({ name, checksum }) => ({ name, checksum })));
  });

  it("applies and reports new files", async () => {
    const { client, there } = await setup();
    const added = next("SET LOCAL ROLE owner; CREATE TABLE ops.thing (id bigint);");
    expect(await migrate(client, [...files, added])).toEqual({ applied: [added.name], appliedBefore: names.length });
    expect(await there("ops.thing")).toBe(true);
  });

  it("refuses a file that was changed after it was applied, and applies no other", async () => {
    const { client, there } = await setup();
    const changed = files.map((file, index) => (index === 1 ? { ...file, checksum: "0".repeat(64) } : file));
    await expect(migrate(client, [...changed, next("CREATE TABLE ops.thing ();")])).rejects.toThrow(
      `Migration ${names[1]} was changed after it was applied`,
    );
    expect(await there("ops.thing")).toBe(false);
  });

  it("refuses files in which an applied one is missing or renamed", async () => {
    const { client } = await setup();
    const renamed = files.map((file, index) => (index === 2 ? { ...file, name: "0003_create_other.sql" } : file));
    await expect(migrate(client, renamed)).rejects.toThrow(`has applied ${names[2]} where these files have`);
  });

  it("accepts a newer database (older code after a roll-back)", async () => {
    const { client } = await setup();
    expect(await migrate(client, files.slice(0, 3))).toEqual({ applied: [], appliedBefore: names.length });
  });

  it("rolls back a file that fails, keeps the ones before it, and reports the line", async () => {
    const { client, there } = await setup();
    const good = next("CREATE TABLE ops.thing ();");
    const bad = { ...next("CREATE TABLE ops.other ();\nSELECT nothing;"), name: "0099_break_thing.sql" };
    await expect(migrate(client, [...files, good, bad])).rejects.toThrow(
      'Migration 0099_break_thing.sql failed at line 2: column "nothing" does not exist; nothing of it stays',
    );
    expect([await there("ops.thing"), await there("ops.other")]).toEqual([true, false]);
  });

  it("applies each file once when two migrators run at the same time", async () => {
    const { url, client, there } = await setup();
    const other = await connectedClient(url);
    const added = next("SELECT pg_sleep(0.05); CREATE TABLE ops.thing ();");
    const reports = await Promise.all([migrate(client, [...files, added]), migrate(other, [...files, added])]);
    expect(reports.flatMap(({ applied }) => applied)).toEqual([added.name]);
    expect(await there("ops.thing")).toBe(true);
  });

  it("gives up on a table that others have locked, so that no one waits behind it", async () => {
    const { url, client, there } = await setup();
    const reader = await connectedClient(url);
    await reader.query("BEGIN");
    await reader.query("SELECT FROM ops.gap");
    const added = next("SET LOCAL lock_timeout = '50ms'; ALTER TABLE ops.gap ADD COLUMN thing text;");
    await expect(migrate(client, [...files, added])).rejects.toThrow("lock timeout");
    expect(await there("ops.gap")).toBe(true);
  });
});
