import { describe, expect, it } from "vitest";
import { connectedClient, migratedDatabase, urlAs } from "../test/support/database.ts";
import { startEtl } from "../test/support/etl.ts";
import { levelImage, streamRecord } from "../test/support/stream-records.ts";

async function setup() {
  const url = await migratedDatabase();
  const etl = await startEtl(url);
  const client = await connectedClient(url);
  const rows = async (text: string, values: readonly unknown[] = []) => (await client.query(text, [...values])).rows;
  return {
    url,
    rows,
    deliver: (...instants: readonly string[]) =>
      etl.deliver(
        instants.map((at, index) =>
          streamRecord({ newImage: levelImage({ sku: at.replaceAll(":", "-"), version: index + 1, at }) }),
        ),
      ),
    makePartitions: (todayOn: string) => rows("SELECT * FROM audit.make_movement_partitions($1)", [todayOn]),
    placed: () =>
      rows("SELECT tableoid::regclass::text AS partition, at FROM audit.movement ORDER BY at").then((found) =>
        found.map(({ partition, at }) => [at.toISOString(), partition.replace("audit.movement_", "")]),
      ),
  };
}

describe("audit.make_movement_partitions", () => {
  it("gives a new database the current month and the next three", async () => {
    const { rows } = await setup();
    const found = await rows(
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit.movement'::regclass ORDER BY 1",
    );
    const now = new Date();
    const months = [0, 1, 2, 3].map((ahead) => {
      const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead));
      return `audit.movement_${month.toISOString().slice(0, 7).replace("-", "_")}`;
    });
    expect(found.map(({ name }) => name)).toEqual([...months, "audit.movement_default"]);
  });

  it("puts each movement into the month of its at, to the millisecond, with new months over time", async () => {
    const { makePartitions, deliver, placed } = await setup();
    await makePartitions("2031-01-31");
    await deliver("2031-01-31T23:59:59.999Z", "2031-02-01T00:00:00.000Z", "2031-04-30T23:59:59.999Z");
    await deliver("2031-05-01T00:00:00.000Z");
    expect(await makePartitions("2031-02-01")).toEqual([{ partition_name: "movement_2031_05", moved_count: 1 }]);
    await deliver("2031-05-31T12:00:00.000Z");
    expect(await placed()).toEqual([
      ["2031-01-31T23:59:59.999Z", "2031_01"],
      ["2031-02-01T00:00:00.000Z", "2031_02"],
      ["2031-04-30T23:59:59.999Z", "2031_04"],
      ["2031-05-01T00:00:00.000Z", "2031_05"],
      ["2031-05-31T12:00:00.000Z", "2031_05"],
    ]);
  });

  it("moves rows of the default partition into partitions of their months, past ones too, and changes no row", async () => {
    const { makePartitions, deliver, placed, rows } = await setup();
    await deliver("2010-12-01T08:26:00.000Z", "2010-12-31T23:59:59.999Z", "2011-01-01T00:00:00.000Z");
    const before = await rows("SELECT * FROM audit.movement ORDER BY at");
    expect((await placed()).map(([, partition]) => partition)).toEqual(["default", "default", "default"]);
    const made = await makePartitions(new Date().toISOString().slice(0, 10));
    expect(made).toEqual([
      { partition_name: "movement_2010_12", moved_count: 2 },
      { partition_name: "movement_2011_01", moved_count: 1 },
    ]);
    expect((await placed()).map(([, partition]) => partition)).toEqual(["2010_12", "2010_12", "2011_01"]);
    expect(await rows("SELECT * FROM audit.movement ORDER BY at")).toEqual(before);
  });

  it("gives a new partition the ledger's key, index and comments", async () => {
    const { makePartitions, deliver, rows } = await setup();
    await makePartitions("2031-01-01");
    await deliver("2031-01-05T00:00:00.000Z");
    await deliver("2031-01-05T00:00:00.000Z");
    expect(await rows("SELECT count(*) FROM audit.movement")).toEqual([{ count: 1 }]);
    expect(
      await rows("SELECT indexdef ~ 'brin' AS brin FROM pg_indexes WHERE tablename = 'movement_2031_01' ORDER BY 1"),
    ).toEqual([{ brin: false }, { brin: true }]);
    expect(await rows("SELECT obj_description('audit.movement_2031_01'::regclass) AS comment")).toEqual([
      { comment: "Movements with at in 2031-01 (UTC)." },
    ]);
  });

  it("makes the same partitions in any session time zone", async () => {
    const { url, rows } = await setup();
    const client = await connectedClient(urlAs(url, "migrator"));
    await client.query("SET ROLE owner");
    await client.query("SET TIME ZONE 'Pacific/Auckland'");
    await client.query("SELECT audit.make_movement_partitions('2031-01-31', 0)");
    expect(
      await rows("SELECT pg_get_expr(relpartbound, oid) AS bounds FROM pg_class WHERE relname = 'movement_2031_01'"),
    ).toEqual([{ bounds: "FOR VALUES FROM ('2031-01-01 00:00:00+00') TO ('2031-02-01 00:00:00+00')" }]);
  });
});
