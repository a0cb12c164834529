import { describe, expect, it } from "vitest";
import { connectedClient, migratedDatabase, urlAs } from "../test/support/database.ts";

const url = await migratedDatabase();
const setup = (role: string) => connectedClient(urlAs(url, role));
const denied = "permission denied";

/** All privileges of each role on each relation of ours, partitions included, so that a new grant fails this test. */
const expected = {
  app_reader: {
    "reporting.feed": "SELECT",
    "reporting.freshness": "SELECT",
    "reporting.movement_ledger": "SELECT",
    "reporting.open_gap": "SELECT",
    "reporting.sales_by_day": "SELECT",
    "reporting.sell_through": "SELECT",
    "reporting.stock_level": "SELECT",
    "reporting.stock_level_daily": "SELECT",
    "reporting.stock_movement_daily": "SELECT",
    "reporting.stock_on_hand": "SELECT",
    "reporting.stock_on_hand_daily": "SELECT",
    "reporting.stockout_rate": "SELECT",
    "search.item": "SELECT",
  },
  indexer: { "search.item": "INSERT SELECT UPDATE" },
  etl: {
    "audit.movement": "INSERT SELECT",
    "audit.reservation_event": "INSERT SELECT",
    "ops.gap": "INSERT SELECT UPDATE",
    "ops.watermark": "INSERT SELECT UPDATE",
    "reporting.stock_level": "INSERT SELECT UPDATE",
    "reporting.stock_level_daily": "INSERT SELECT UPDATE",
    "reporting.stock_movement_daily": "INSERT SELECT UPDATE",
  },
  reporter: {
    "audit.movement": "SELECT",
    "audit.reservation_event": "SELECT",
    "reporting.feed": "SELECT",
    "reporting.freshness": "SELECT",
    "reporting.movement_ledger": "SELECT",
    "reporting.open_gap": "SELECT",
    "reporting.sales_by_day": "SELECT",
    "reporting.sell_through": "SELECT",
    "reporting.stock_level": "SELECT",
    "reporting.stock_level_daily": "SELECT",
    "reporting.stock_movement_daily": "SELECT",
    "reporting.stock_on_hand": "SELECT",
    "reporting.stock_on_hand_daily": "SELECT",
    "reporting.stockout_rate": "SELECT",
  },
};

describe("the roles", () => {
  it.each(Object.entries(expected))("%s has exactly its privileges", async (role, privileges) => {
    const client = await connectedClient(url);
    const { rows } = await client.query(
      `SELECT relation.oid::regclass::text AS relation, string_agg(privilege, ' ' ORDER BY privilege) AS privileges
       FROM pg_class AS relation
       CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege
       WHERE relation.relnamespace IN ('audit'::regnamespace, 'reporting'::regnamespace, 'ops'::regnamespace, 'search'::regnamespace)
         AND relation.relkind IN ('r', 'p', 'v')
         AND has_schema_privilege($1, relation.relnamespace, 'USAGE')
         AND has_table_privilege($1, relation.oid, privilege)
       GROUP BY relation.oid ORDER BY 1`,
      [role],
    );
    expect(Object.fromEntries(rows.map((row) => [row.relation, row.privileges]))).toEqual(privileges);
  });

  it.each(["app_reader", "etl", "indexer", "reporter"])("%s cannot create any object", async (role) => {
    const client = await setup(role);
    for (const statement of [
      "CREATE TABLE reporting.own ()",
      "CREATE TABLE public.own ()",
      "CREATE TEMPORARY TABLE own ()",
      "CREATE SCHEMA own",
    ]) {
      await expect(client.query(statement), statement).rejects.toThrow(/permission denied|read-only/);
    }
  });

  it("can execute only the functions that they need", async () => {
    const client = await connectedClient(url);
    const { rows } = await client.query(
      `SELECT pg_proc.oid::regproc::text AS function, string_agg(rolname, ' ' ORDER BY rolname) AS roles
       FROM pg_proc, pg_roles
       WHERE pronamespace IN ('audit'::regnamespace, 'reporting'::regnamespace)
         AND rolname IN ('app_reader', 'etl', 'indexer', 'migrator', 'reporter')
         AND has_function_privilege(rolname, pg_proc.oid, 'EXECUTE')
       GROUP BY pg_proc.oid ORDER BY 1`,
    );
    expect(rows.map((row) => [row.function, row.roles])).toEqual([
      ["audit.make_movement_partitions", "migrator"],
      ["reporting.add_to_stock_level_daily", "etl migrator"],
      ["reporting.roll_up_movements", "migrator"],
      ["reporting.sell_through_between", "app_reader migrator reporter"],
      ["reporting.stockout_rate_between", "app_reader migrator reporter"],
    ]);
  });

  it("reporter reads reporting and two relations of audit, and cannot write", async () => {
    const client = await setup("reporter");
    for (const relation of Object.keys(expected.reporter)) await client.query(`SELECT FROM ${relation}`);
    await expect(client.query("SELECT FROM ops.watermark")).rejects.toThrow(denied);
    await expect(client.query("SELECT FROM audit.movement_default")).rejects.toThrow(denied);
    await client.query("SET default_transaction_read_only = off");
    await expect(client.query("DELETE FROM audit.movement")).rejects.toThrow(denied);
    await expect(client.query("SET ROLE owner")).rejects.toThrow(denied);
  });

  it("etl cannot change or delete what it wrote", async () => {
    const client = await setup("etl");
    await expect(client.query("UPDATE audit.movement SET quantity = 0")).rejects.toThrow(denied);
    await expect(client.query("DELETE FROM reporting.stock_level")).rejects.toThrow(denied);
    await expect(client.query("TRUNCATE ops.gap")).rejects.toThrow(denied);
  });

  it("migrator can become owner, and owner cannot log in", async () => {
    const client = await setup("migrator");
    await client.query("SET ROLE owner");
    await client.query("CREATE TABLE reporting.own ()");
    await expect(setup("owner")).rejects.toThrow("not permitted to log in");
  });

  it.each([
    ["app_reader", { statement_timeout: "10s", lock_timeout: "2s", default_transaction_read_only: "on" }],
    ["etl", { statement_timeout: "20s", lock_timeout: "10s", synchronous_commit: "on" }],
    ["migrator", { statement_timeout: "15min", lock_timeout: "10s" }],
    ["reporter", { statement_timeout: "2min", lock_timeout: "2s", default_transaction_read_only: "on" }],
  ])("%s has its time-outs", async (role, settings) => {
    const client = await setup(role);
    for (const [name, value] of Object.entries(settings)) {
      const { rows } = await client.query("SELECT current_setting($1) AS value", [name]);
      expect([name, rows[0].value]).toEqual([name, value]);
    }
  });
});
