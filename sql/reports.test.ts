import { describe, expect, it } from "vitest";
import { writeBatch } from "../handlers/etl/write-batch.ts";
import type { LevelRecord } from "../handlers/inventory/index.ts";
import { connectedClient, kyselyOf, migratedDatabase, urlAs } from "../test/support/database.ts";
import { levelImage, streamRecord } from "../test/support/stream-records.ts";

interface Deltas {
  readonly onHand?: number;
  readonly reserved?: number;
  readonly damaged?: number;
}
type Change = readonly [at: string, kind: string, deltas: Deltas];

/** Every number that the tests expect was computed by hand from these lines. All instants are UTC. */
const ledger: Readonly<Record<string, readonly Change[]>> = {
  "MUG north": [
    ["2026-10-30T09:00:00.000Z", "receive", { onHand: 10 }],
    ["2026-10-30T12:00:00.000Z", "reserve", { reserved: 4 }],
    ["2026-10-31T23:59:59.999Z", "fulfil", { onHand: -4, reserved: -4 }], // October's last millisecond
    ["2026-11-01T00:00:00.000Z", "reserve", { reserved: 6 }], // November's first: 6 of 6 reserved, stock-out
    ["2026-11-01T06:00:00.000Z", "release", { reserved: -2 }], // stock again after 6 h
    ["2026-11-01T12:00:00.000Z", "fulfil", { onHand: -4, reserved: -4 }],
    ["2026-11-03T12:00:00.000Z", "return", { onHand: 1 }],
    ["2026-11-03T18:00:00.000Z", "count", { onHand: -3 }], // 0 on hand: stock-out
    ["2026-11-05T06:00:00.000Z", "receive", { onHand: 5 }], // stock again after 6 + 24 + 6 h
  ],
  "MUG depot": [
    ["2026-10-15T08:00:00.000Z", "receive", { onHand: 8 }],
    ["2026-11-02T12:00:00.000Z", "transferOut", { onHand: -8 }], // stock-out from here on
  ],
  "MUG south": [
    ["2026-11-01T00:00:00.000Z", "policy", {}], // a level without stock: stock-out for 36 h
    ["2026-11-02T12:00:00.000Z", "transferIn", { onHand: 8 }], // never sold
  ],
  "CUP north": [
    ["2026-11-02T10:00:00.000Z", "return", { onHand: 2 }], // return of a sale before the ledger began
    ["2026-11-05T12:00:00.000Z", "damage", { damaged: 2 }], // still on hand, none of it sellable
  ],
};

/** Makes records as the ETL writes them, without its check of the kind: the ledger allows all kinds of the contract. */
function entries(name: string, changes: readonly Change[]) {
  const [sku = "", location = ""] = name.split(" ");
  const now = { onHand: 0, reserved: 0, damaged: 0 };
  return changes.map(([at, kind, deltas], index) => {
    for (const [quantity, delta] of Object.entries(deltas)) now[quantity as keyof Deltas] += delta;
    const newImage = levelImage({ sku, location, version: index + 1, at, kind, deltas, ...now });
    const level = newImage as unknown as LevelRecord;
    return { record: streamRecord({ newImage }), change: { kind: "level", after: level } as const };
  });
}

let filled: Promise<string> | undefined;
/** Returns one database for all tests. The first test fills it. */
function filledDatabase(): Promise<string> {
  filled ??= (async () => {
    const url = await migratedDatabase();
    const all = Object.entries(ledger).flatMap(([level, changes]) => entries(level, changes));
    await writeBatch(kyselyOf(urlAs(url, "etl")), all);
    return url;
  })();
  return filled;
}

/** Runs a query as an analyst does, in a given session time zone. */
async function rows(text: string, timeZone = "UTC"): Promise<unknown[][]> {
  const client = await connectedClient(urlAs(await filledDatabase(), "reporter"));
  await client.query(`SET TIME ZONE '${timeZone}'`);
  return (await client.query({ text, rowMode: "array" })).rows;
}

const zones = ["UTC", "Pacific/Auckland", "America/Los_Angeles"];

describe("reporting.stock_on_hand_daily", () => {
  it.each(zones)(
    "has a level's quantities at the end of each day, also on days without a change (%s)",
    async (zone) => {
      const found = await rows(
        `SELECT closed_on, on_hand, reserved, sellable FROM reporting.stock_on_hand_daily
       WHERE sku = 'MUG' AND location = 'north' AND closed_on < '2026-11-06' ORDER BY closed_on`,
        zone,
      );
      expect(found).toEqual([
        ["2026-10-30", 10, 4, 6],
        ["2026-10-31", 6, 0, 6],
        ["2026-11-01", 2, 0, 2],
        ["2026-11-02", 2, 0, 2],
        ["2026-11-03", 0, 0, 0],
        ["2026-11-04", 0, 0, 0],
        ["2026-11-05", 5, 0, 5],
      ]);
    },
  );

  it("has every level from its first day on, and not before", async () => {
    const found = await rows(
      `SELECT closed_on, sku, location, on_hand, damaged, available FROM reporting.stock_on_hand_daily
       WHERE closed_on IN ('2026-10-15', '2026-11-01', '2026-11-05') ORDER BY closed_on, sku, location`,
    );
    expect(found).toEqual([
      ["2026-10-15", "MUG", "depot", 8, 0, 8],
      ["2026-11-01", "MUG", "depot", 8, 0, 8],
      ["2026-11-01", "MUG", "north", 2, 0, 2],
      ["2026-11-01", "MUG", "south", 0, 0, 0],
      ["2026-11-05", "CUP", "north", 2, 2, 0],
      ["2026-11-05", "MUG", "depot", 0, 0, 0],
      ["2026-11-05", "MUG", "north", 5, 0, 5],
      ["2026-11-05", "MUG", "south", 8, 0, 8],
    ]);
  });

  it("continues to today, which shows the current quantities", async () => {
    const found = await rows(
      `SELECT sku, location, on_hand FROM reporting.stock_on_hand_daily
       WHERE closed_on = (SELECT max(closed_on) FROM reporting.stock_on_hand_daily)
         AND closed_on = (now() AT TIME ZONE 'UTC')::date
       EXCEPT SELECT sku, location, on_hand FROM reporting.stock_on_hand`,
    );
    expect(found).toEqual([]);
    const today =
      "SELECT count(*) FROM reporting.stock_on_hand_daily WHERE closed_on = (now() AT TIME ZONE 'UTC')::date";
    expect(await rows(today)).toEqual([[4]]);
  });
});

describe("reporting.sales_by_day", () => {
  it("has fulfilled and returned quantities and their difference, and ignores other kinds (release, count, transfer)", async () => {
    expect(
      await rows(
        "SELECT sold_on, sku, location, fulfilled, returned, net FROM reporting.sales_by_day ORDER BY sold_on, sku, location",
      ),
    ).toEqual([
      ["2026-10-31", "MUG", "north", 4, 0, 4],
      ["2026-11-01", "MUG", "north", 4, 0, 4],
      ["2026-11-02", "CUP", "north", 0, 2, -2],
      ["2026-11-03", "MUG", "north", 0, 1, -1],
    ]);
  });
});

describe("reporting.sell_through_between", () => {
  const report = (from: string, to: string) =>
    rows(
      `SELECT sku, location, opening, received, sold, sell_through
       FROM reporting.sell_through_between(${from}, ${to}) ORDER BY sku, location`,
    );

  it("divides sales minus returns by opening plus received stock (five days of November)", async () => {
    expect(await report("'2026-11-01'", "'2026-11-06'")).toEqual([
      ["CUP", "north", 0, 0, -2, null], // nothing to sell
      ["MUG", "depot", 8, -8, 0, null], // all of it moved away: nothing to sell
      ["MUG", "north", 6, 5, 3, 0.2727], // (4 - 1) / (6 + 5)
      ["MUG", "south", 0, 8, 0, 0], // no sales
    ]);
  });

  it("includes the month's last millisecond, and leaves out levels that did not exist yet (October)", async () => {
    expect(await report("'2026-10-01'", "'2026-11-01'")).toEqual([
      ["MUG", "depot", 0, 8, 0, 0],
      ["MUG", "north", 0, 10, 4, 0.4],
    ]);
  });

  it("covers the whole ledger without bounds, where transfers cancel out", async () => {
    expect(await report("null", "null")).toEqual([
      ["CUP", "north", 0, 0, -2, null],
      ["MUG", "depot", 0, 0, 0, null],
      ["MUG", "north", 0, 15, 7, 0.4667],
      ["MUG", "south", 0, 8, 0, 0],
    ]);
  });
});

describe("reporting.stockout_rate_between", () => {
  const report = (from: string, to: string, zone?: string) =>
    rows(
      `SELECT sku, location, observed_days, stockout_days, stockout_rate
       FROM reporting.stockout_rate_between(${from}, ${to}) ORDER BY sku, location`,
      zone,
    );

  it.each(zones)("is the share of the time without sellable stock (five days of November; %s)", async (zone) => {
    expect(await report("'2026-11-01'", "'2026-11-06'", zone)).toEqual([
      ["CUP", "north", 3.5833, 0.5, 0.1395], // observed for 86 h, damaged for 12 h
      ["MUG", "depot", 5, 3.5, 0.7],
      ["MUG", "north", 5, 1.75, 0.35], // 6 h and 36 h
      ["MUG", "south", 5, 1.5, 0.3],
    ]);
  });

  it("starts with the state at the period's start (two days of November)", async () => {
    expect(await report("'2026-11-04'", "'2026-11-06'")).toEqual([
      ["CUP", "north", 2, 0.5, 0.25],
      ["MUG", "depot", 2, 2, 1],
      ["MUG", "north", 2, 1.25, 0.625],
      ["MUG", "south", 2, 0, 0],
    ]);
  });

  it("counts a level from its first change (October)", async () => {
    expect(await report("null", "'2026-11-01'")).toEqual([
      ["MUG", "depot", 16.6667, 0, 0],
      ["MUG", "north", 1.625, 0, 0],
    ]);
  });

  it("never counts time after now", async () => {
    const [found] = await rows(
      `SELECT observed_days, extract(epoch FROM now() - '2026-10-30T09:00:00Z') / 86400, stockout_days
       FROM reporting.stockout_rate_between(null, '2999-01-01') WHERE sku = 'MUG' AND location = 'north'`,
    );
    const [observed, lived, stockout] = found ?? [];
    expect(Math.abs(Number(observed) - Number(lived))).toBeLessThan(0.0002);
    expect(stockout).toBe(1.75);
  });
});

describe("reporting.sell_through and reporting.stockout_rate", () => {
  it("cover the last 30 days, including today", async () => {
    const between = "((now() AT TIME ZONE 'UTC')::date - 29, (now() AT TIME ZONE 'UTC')::date + 1)";
    const columns = {
      sell_through: "sku, location, opening, received, sold, sell_through",
      stockout_rate: "sku, location, stockout_days",
    };
    for (const [name, list] of Object.entries(columns)) {
      const expected = await rows(`SELECT ${list} FROM reporting.${name}_between${between} ORDER BY sku, location`);
      expect(expected.length).toBeGreaterThan(0);
      expect(await rows(`SELECT ${list} FROM reporting.${name} ORDER BY sku, location`)).toEqual(expected);
    }
  });
});

describe("reporting.stock_level_daily", () => {
  it("does not change when ledger rows move into other partitions", async () => {
    const daily = "SELECT * FROM reporting.stock_level_daily ORDER BY sku, location, closed_on";
    const before = await rows(daily);
    const owner = await connectedClient(await filledDatabase());
    await owner.query("SELECT audit.make_movement_partitions('2026-10-01', 0)");
    expect(await rows("SELECT count(*) FROM audit.movement WHERE at < '2026-11-01'")).toEqual([[4]]);
    expect(await rows(daily)).toEqual(before);
  });

  it("can be rebuilt from the ledger, one level at a time", async () => {
    const daily = "SELECT * FROM reporting.stock_level_daily ORDER BY sku, location, closed_on";
    const before = await rows(daily);
    const owner = await connectedClient(await filledDatabase());
    await owner.query("DELETE FROM reporting.stock_level_daily WHERE sku = 'MUG' AND location = 'north'");
    await owner.query(
      `SELECT reporting.add_to_stock_level_daily(array_agg(movement))
       FROM audit.movement WHERE sku = 'MUG' AND location = 'north'`,
    );
    expect(await rows(daily)).toEqual(before);
  });
});
