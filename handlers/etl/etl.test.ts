import { describe, expect, it } from "vitest";
import { connectedClient, migratedDatabase, urlAs } from "../../test/support/database.ts";
import { startEtl } from "../../test/support/etl.ts";
import { levelImage, reservationImage, streamRecord } from "../../test/support/stream-records.ts";

async function setup() {
  const url = await migratedDatabase();
  const etl = await startEtl(url);
  const client = await connectedClient(url);
  const rows = async (text: string) => (await client.query(text)).rows;
  return { url, etl, rows };
}

const level = (options: Parameters<typeof levelImage>[0]) => streamRecord({ newImage: levelImage(options) });

describe("createEtl", () => {
  it("writes a change of a level to the ledger, the level and the rollup", async () => {
    const { etl, rows } = await setup();
    const answer = await etl.deliver([
      level({ sku: "A", reason: "restock" }),
      level({ sku: "A", version: 2, onHand: 7, reserved: 2, kind: "adjust", deltas: { onHand: -3, reserved: 2 } }),
    ]);
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(
      await rows(
        "SELECT version, kind, on_hand_delta, reserved_delta, safety_delta, on_hand, available, reason FROM audit.movement ORDER BY version",
      ),
    ).toEqual([
      {
        version: 1,
        kind: "receive",
        on_hand_delta: 10,
        reserved_delta: 0,
        safety_delta: 0,
        on_hand: 10,
        available: 10,
        reason: "restock",
      },
      {
        version: 2,
        kind: "adjust",
        on_hand_delta: -3,
        reserved_delta: 2,
        safety_delta: 0,
        on_hand: 7,
        available: 5,
        reason: null,
      },
    ]);
    expect(await rows("SELECT on_hand, reserved, sellable, version FROM reporting.stock_level")).toEqual([
      { on_hand: 7, reserved: 2, sellable: 5, version: 2 },
    ]);
    expect(
      await rows(
        "SELECT moved_on, kind, movement_count, on_hand_delta FROM reporting.stock_movement_daily ORDER BY kind",
      ),
    ).toEqual([
      { moved_on: "2026-11-20", kind: "adjust", movement_count: 1, on_hand_delta: -3 },
      { moved_on: "2026-11-20", kind: "receive", movement_count: 1, on_hand_delta: 10 },
    ]);
  });

  it("records how late the oldest change of a batch is, and counts the new rows of the ledger", async () => {
    const { etl } = await setup();
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
    const [old, young] = [level({ sku: "A", at: ago(60) }), level({ sku: "B", at: ago(5) })];
    await etl.deliver([young, old]);
    await etl.deliver([young]);
    expect(etl.meter.counts).toEqual({ MovementsWritten: 2 });
    const lags = etl.meter.measured.map(({ value }) => Math.floor(value / 5_000));
    expect(lags).toEqual([12, 1]);
    expect(etl.log.lines[0]).toMatchObject({
      message: "batch written",
      fields: { correlation_ids: ["request-B-north-1", "request-A-north-1"] },
    });
  });

  it("keeps the later level when an earlier version arrives after it", async () => {
    const { etl, rows } = await setup();
    await etl.deliver([level({ sku: "A", version: 2, onHand: 20 })]);
    await etl.deliver([level({ sku: "A", version: 1, onHand: 10 })]);
    expect(await rows("SELECT version, on_hand FROM reporting.stock_level")).toEqual([{ version: 2, on_hand: 20 }]);
  });

  it("writes each change of a reservation once", async () => {
    const { etl, rows } = await setup();
    const held = streamRecord({ newImage: reservationImage("r1") });
    const confirmed = streamRecord({ newImage: reservationImage("r1", { version: 2, status: "CONFIRMED" }) });
    await etl.deliver([confirmed, held, held]);
    expect(await rows("SELECT version, status, pay_by FROM audit.reservation_event ORDER BY version")).toEqual([
      { version: 1, status: "HELD", pay_by: null },
      { version: 2, status: "CONFIRMED", pay_by: null },
    ]);
  });

  it("ignores items, locations and removals by time to live", async () => {
    const { etl, rows } = await setup();
    const oldImage = { ...reservationImage("r1"), ttl: 1_700_000_000 };
    const byService = { type: "Service", principalId: "dynamodb.amazonaws.com" } as const;
    await etl.deliver([
      streamRecord({ newImage: { type: "item", sku: "A" } }),
      streamRecord({ newImage: { type: "location", id: "north" } }),
      streamRecord({ eventName: "REMOVE", userIdentity: byService, oldImage: reservationImage("r2") }),
      streamRecord({ eventName: "REMOVE", oldImage }),
    ]);
    expect(await etl.quarantined()).toEqual([]);
    expect(await rows("SELECT FROM audit.reservation_event")).toEqual([]);
  });

  it("replaces text that Postgres cannot store (U+0000)", async () => {
    const { etl, rows } = await setup();
    await etl.deliver([level({ sku: "A", reason: "broken\0pallet" })]);
    expect(await rows("SELECT reason FROM audit.movement")).toEqual([{ reason: "broken\ufffdpallet" }]);
  });

  it("moves the watermark of each shard forward and never back", async () => {
    const { etl, rows } = await setup();
    const early = streamRecord({ newImage: levelImage({ sku: "A", at: "2026-11-20T10:00:00.000Z" }) }, "shardId-1");
    const late = streamRecord({ newImage: levelImage({ sku: "B", at: "2026-11-20T11:00:00.000Z" }) }, "shardId-1");
    const other = streamRecord({ newImage: levelImage({ sku: "C", at: "2026-11-20T10:30:00.000Z" }) }, "shardId-2");
    await etl.deliver([early, late, other]);
    await etl.deliver([early]);
    expect(await rows("SELECT shard_id, sequence_number, changed_at FROM ops.watermark ORDER BY shard_id")).toEqual([
      {
        shard_id: "shardId-1",
        sequence_number: late.kinesis.sequenceNumber,
        changed_at: new Date("2026-11-20T11:00:00Z"),
      },
      {
        shard_id: "shardId-2",
        sequence_number: other.kinesis.sequenceNumber,
        changed_at: new Date("2026-11-20T10:30:00Z"),
      },
    ]);
    expect(await rows("SELECT as_of FROM reporting.freshness")).toEqual([{ as_of: new Date("2026-11-20T10:30:00Z") }]);
  });
});

describe("createEtl with wrong records", () => {
  it("puts the whole wrong records into quarantine and writes the others", async () => {
    const { etl, rows } = await setup();
    const wrong = [
      streamRecord({ data: "no JSON" }),
      streamRecord({ newImage: { type: "voucher", id: "v1" } }),
      streamRecord({ newImage: { ...levelImage({ sku: "B" }), onHand: -1 } }),
      streamRecord({ eventName: "REMOVE", oldImage: levelImage({ sku: "C" }) }),
      streamRecord({ eventName: "MODIFY" }),
    ];
    const answer = await etl.deliver([level({ sku: "A" }), ...wrong]);
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(await etl.quarantined()).toEqual(wrong.map((record) => ({ reason: expect.any(String), record })));
    expect(await rows("SELECT sku FROM audit.movement")).toEqual([{ sku: "A" }]);
  });

  it("isolates a record that only the database refuses (a delta above the integer range)", async () => {
    const { etl, rows } = await setup();
    const wrong = level({ sku: "B", deltas: { onHand: 3_000_000_000 } });
    await etl.deliver([level({ sku: "A" }), wrong, level({ sku: "C" }), level({ sku: "D" }), level({ sku: "E" })]);
    expect(await etl.quarantined()).toEqual([{ reason: expect.stringContaining("out of range"), record: wrong }]);
    expect(await rows("SELECT sku FROM audit.movement ORDER BY sku")).toEqual(
      ["A", "C", "D", "E"].map((sku) => ({ sku })),
    );
  });
});

describe("createEtl with a dependency that fails", () => {
  it("fails the whole batch and writes nothing when a permission is missing", async () => {
    const { url, etl, rows } = await setup();
    const owner = await connectedClient(url);
    await owner.query("REVOKE INSERT ON audit.reservation_event FROM etl");
    const batch = [level({ sku: "A" }), streamRecord({ newImage: reservationImage("r1") })];
    await expect(etl.deliver(batch)).rejects.toThrow("permission denied");
    expect(await rows("SELECT FROM audit.movement")).toEqual([]);
    expect(await rows("SELECT FROM reporting.stock_level")).toEqual([]);
    await owner.query("GRANT INSERT ON audit.reservation_event TO etl");
    await etl.deliver(batch);
    expect(await rows("SELECT movement_count FROM reporting.stock_movement_daily")).toEqual([{ movement_count: 1 }]);
    expect(await etl.quarantined()).toEqual([]);
  });

  it("fails the whole batch when the database is unreachable", async () => {
    const etl = await startEtl("postgresql://master@127.0.0.1:1/none");
    await expect(etl.deliver([level({ sku: "A" })])).rejects.toThrow("ECONNREFUSED");
    expect(await etl.quarantined()).toEqual([]);
  });
});

describe("createEtl with missing versions", () => {
  const gaps = "SELECT sku, first_version, last_version FROM ops.open_gap ORDER BY sku, first_version";

  it("records a gap, shrinks it as versions arrive, and closes it", async () => {
    const { etl, rows } = await setup();
    await etl.deliver([
      level({ sku: "A", version: 1 }),
      level({ sku: "A", version: 6 }),
      level({ sku: "B", version: 3 }),
    ]);
    expect(await rows(gaps)).toEqual([
      { sku: "A", first_version: 2, last_version: 5 },
      { sku: "B", first_version: 1, last_version: 2 },
    ]);
    await etl.deliver([level({ sku: "A", version: 3 })]);
    expect(await rows(`${gaps}`)).toEqual([
      { sku: "A", first_version: 2, last_version: 2 },
      { sku: "A", first_version: 4, last_version: 5 },
      { sku: "B", first_version: 1, last_version: 2 },
    ]);
    await etl.deliver([2, 4, 5].map((version) => level({ sku: "A", version })));
    await etl.deliver([1, 2].map((version) => level({ sku: "B", version })));
    expect(await rows(gaps)).toEqual([]);
    expect(await rows("SELECT sku, missing, closed_at IS NOT NULL AS closed FROM ops.gap ORDER BY sku")).toEqual([
      { sku: "A", missing: "{}", closed: true },
      { sku: "B", missing: "{}", closed: true },
    ]);
  });

  it("records no gap when one batch contains all versions in any order", async () => {
    const { etl, rows } = await setup();
    await etl.deliver([3, 1, 2, 3].map((version) => level({ sku: "A", version })));
    expect(await rows("SELECT FROM ops.gap")).toEqual([]);
  });

  it("opens a closed gap again", async () => {
    const { etl, rows } = await setup();
    for (const version of [2, 1, 4]) await etl.deliver([level({ sku: "A", version })]);
    expect(await rows("SELECT missing, closed_at FROM ops.gap")).toEqual([{ missing: "{[3,4)}", closed_at: null }]);
  });
});

it("commits synchronously as the role etl", async () => {
  const client = await connectedClient(urlAs(await migratedDatabase(), "etl"));
  expect((await client.query("SHOW synchronous_commit")).rows).toEqual([{ synchronous_commit: "on" }]);
});
