import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { connectedClient, migratedDatabase } from "../../test/support/database.ts";
import { startEtl } from "../../test/support/etl.ts";
import { levelImage, streamRecord } from "../../test/support/stream-records.ts";
import type { KinesisRecord } from "../runtime/table-change/index.ts";

const kinds = ["receive", "adjust", "reserve", "release", "fulfil"] as const;

interface Step {
  readonly kind: (typeof kinds)[number];
  readonly onHand: number;
  readonly reserved: number;
  readonly hours: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  onHand: fc.integer({ min: -5, max: 9 }),
  reserved: fc.integer({ min: -3, max: 3 }),
  /** Up to ten days between two changes, so that a history spans several days and months. */
  hours: fc.integer({ min: 0, max: 240 }),
});

/** The histories of some levels, with the copies, order and batch sizes of the delivery of their records. */
const scenario = fc
  .array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 })
  .chain((histories) => {
    const total = histories.reduce((sum, history) => sum + history.length, 0);
    const copies = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: total, maxLength: total });
    const order = fc.array(fc.nat(), { minLength: total * 3, maxLength: total * 3 });
    const batchSizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
    return fc.record({ histories: fc.constant(histories), copies, order, batchSizes });
  });

function recordsOf(skuStem: string, histories: readonly (readonly Step[])[]): readonly KinesisRecord[] {
  return histories.flatMap((history, index) => {
    const level = { onHand: 60, reserved: 58, atMs: Date.UTC(2025, 9, 25) };
    return history.map(({ kind, onHand, reserved, hours }, step) => {
      level.onHand += onHand;
      level.reserved += reserved;
      level.atMs += hours * 3_600_000;
      const image = levelImage({
        sku: `${skuStem}-${index}`,
        version: step + 1,
        kind,
        onHand: level.onHand,
        reserved: level.reserved,
        deltas: { onHand, reserved },
        at: new Date(level.atMs).toISOString(),
      });
      return streamRecord({ newImage: image });
    });
  });
}

function messy(
  records: readonly KinesisRecord[],
  copies: readonly number[],
  order: readonly number[],
): KinesisRecord[] {
  const copied = records.flatMap((record, index) => Array.from({ length: copies[index] ?? 1 }, () => record));
  return copied
    .map((record, index) => ({ record, place: order[index] ?? 0 }))
    .sort((left, right) => left.place - right.place)
    .map(({ record }) => record);
}

function inBatches(records: readonly KinesisRecord[], sizes: readonly number[]): KinesisRecord[][] {
  const batches: KinesisRecord[][] = [];
  for (let start = 0; start < records.length; ) {
    const size = sizes[batches.length % sizes.length] ?? 1;
    batches.push(records.slice(start, start + size));
    start += size;
  }
  return batches;
}

async function setup() {
  const url = await migratedDatabase();
  const etl = await startEtl(url);
  const client = await connectedClient(url);
  const read = async (text: string, skuStem: string) => (await client.query(text, [`${skuStem}-%`])).rows;
  return {
    etl,
    state: async (stem: string) => ({
      ledger: await read("SELECT * FROM audit.movement WHERE sku LIKE $1 ORDER BY sku, version", stem),
      levels: await read("SELECT * FROM reporting.stock_level WHERE sku LIKE $1 ORDER BY sku", stem),
      rollup: await read(
        "SELECT * FROM reporting.stock_movement_daily WHERE sku LIKE $1 ORDER BY sku, moved_on, kind",
        stem,
      ),
      days: await read(
        "SELECT * FROM reporting.stock_level_daily WHERE sku LIKE $1 ORDER BY sku, location, closed_on",
        stem,
      ),
      gaps: await read("SELECT * FROM ops.open_gap WHERE sku LIKE $1", stem),
    }),
    sums: (stem: string) =>
      read(
        `SELECT sku, (at AT TIME ZONE 'UTC')::date AS moved_on, kind, count(*) AS movement_count,
           sum(on_hand_delta)::bigint AS on_hand_delta, sum(reserved_delta)::bigint AS reserved_delta
         FROM audit.movement WHERE sku LIKE $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
        stem,
      ),
    /** Returns the last row of each day of the ledger. */
    closings: (stem: string) =>
      read(
        `SELECT DISTINCT ON (sku, closed_on) sku, closed_on, version, on_hand, reserved, sellable
         FROM (SELECT *, (at AT TIME ZONE 'UTC')::date AS closed_on FROM audit.movement) AS movement
         WHERE sku LIKE $1 ORDER BY sku, closed_on, version DESC`,
        stem,
      ),
    /** Returns the days in stock-out until 2026-06-01: from the rollup, and computed from the rows of the ledger. */
    stockoutDays: (stem: string) =>
      read(
        `SELECT rate.sku, rate.stockout_days AS rolled, round(sum(CASE WHEN sellable <= 0 THEN days ELSE 0 END), 4)::float8 AS exact
         FROM reporting.stockout_rate_between(NULL, '2026-06-01') AS rate
         JOIN (
           SELECT sku, sellable, extract(epoch FROM lead(at, 1, '2026-06-01Z') OVER (PARTITION BY sku ORDER BY version) - at) / 86400 AS days
           FROM audit.movement
         ) AS movement USING (sku)
         WHERE sku LIKE $1 GROUP BY rate.sku, rate.stockout_days`,
        stem,
      ),
  };
}

/** Delivers batches in concurrent lanes, like instances that overlap after a resharding or a time-out. */
async function deliver(etl: Awaited<ReturnType<typeof startEtl>>, batches: KinesisRecord[][], laneCount: number) {
  const lanes = Array.from({ length: laneCount }, async (_, lane) => {
    for (let index = lane; index < batches.length; index += laneCount) await etl.deliver(batches[index] ?? []);
  });
  await Promise.all(lanes);
}

describe("createEtl with any delivery", () => {
  it.each([1, 3])("equals an ordered delivery (duplicates, reordering, random batches; %i lanes)", async (lanes) => {
    const [straight, other] = await Promise.all([setup(), setup()]);
    let run = 0;
    let stockoutCount = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async ({ histories, copies, order, batchSizes }) => {
        const stem = `run${run++}`;
        const records = recordsOf(stem, histories);
        await straight.etl.deliver(records);
        await deliver(other.etl, inBatches(messy(records, copies, order), batchSizes), lanes);

        const expected = await straight.state(stem);
        expect(expected.ledger).toHaveLength(records.length);
        expect(expected.levels).toHaveLength(histories.length);
        expect(expected.gaps).toEqual([]);
        expect(await other.state(stem)).toEqual(expected);
        expect(expected.rollup).toMatchObject(await straight.sums(stem));
        expect(expected.days).toMatchObject(await straight.closings(stem));
        for (const { rolled, exact } of await straight.stockoutDays(stem)) {
          expect(rolled).toBe(exact);
          if (rolled > 0) stockoutCount += 1;
        }
      }),
      { numRuns: 40 },
    );
    expect(stockoutCount).toBeGreaterThan(20);
  });
});
