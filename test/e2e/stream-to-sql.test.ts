import { describe, expect, it } from "vitest";
import { connectedClient, migratedDatabase } from "../support/database.ts";
import { startEtl } from "../support/etl.ts";
import { openShop, reservationId } from "../support/shop.ts";
import { streamRecord } from "../support/stream-records.ts";
import { openTableStream } from "../support/table-stream.ts";

async function setup() {
  const shop = await openShop();
  const readAll = await openTableStream(shop.direct, shop.tables.inventory);
  const url = await migratedDatabase();
  return { shop, readAll, etl: await startEtl(url), client: await connectedClient(url) };
}

describe("what the store writes", () => {
  it("arrives in SQL as it is in the table (levels, ledger, reservations), and nothing is quarantined", async () => {
    const { shop, readAll, etl, client } = await setup();
    const [sku, location] = [await shop.addItem("MUG"), await shop.addLocation("LEEDS")];
    const lines = [{ sku, location, quantity: 20 }];
    const { stock, reservations, context } = shop;
    await stock.makeMovements(context("1"), { kind: "receive", reference: "PO-7", lines });
    await stock.putPolicy(context(), { sku, location, policy: { safety: 2, backorderLimit: 1 } });
    const hold = { owner: "ada", ttlSeconds: 900, strategy: "priority", lines: [{ sku, quantity: 5 }] } as const;
    await reservations.hold(context("2"), { ...hold, id: reservationId("r1"), lines: [...hold.lines] });
    await reservations.hold(context("3"), { ...hold, id: reservationId("r2"), lines: [...hold.lines] });
    await reservations.confirm(context("4"), { id: reservationId("r1") });
    await reservations.fulfil(context("5"), { id: reservationId("r1") }, {});
    await reservations.release(context("6"), { id: reservationId("r2") }, {});
    await stock.makeMovements(context("7"), {
      kind: "count",
      reason: "yearly",
      lines: [{ sku, location, quantity: 14 }],
    });
    await stock.makeMovements(context("8"), { kind: "adjust", lines: [{ sku, location, quantity: -1 }] });

    const changes = (await readAll()).map((record) => ({ data: JSON.stringify(record, bytesAsBase64) }));
    expect(await etl.deliver(changes.map((change) => streamRecord(change)))).toEqual({ batchItemFailures: [] });

    expect(await etl.quarantined()).toEqual([]);
    const level = await stock.readLevel(sku, location, { consistent: true });
    const { rows } = await client.query("SELECT * FROM reporting.stock_level");
    expect(rows).toEqual([
      {
        sku,
        location,
        on_hand: level.onHand,
        reserved: level.reserved,
        incoming: 0,
        damaged: 0,
        quality_hold: 0,
        safety: 2,
        available: level.available,
        backorder_limit: 1,
        sellable: level.sellable,
        version: level.version,
        updated_at: new Date(level.updatedAt ?? ""),
      },
    ]);
    const ledger = await client.query(
      "SELECT version, kind, quantity, on_hand_delta, reserved_delta, reason, reference FROM audit.movement ORDER BY version",
    );
    const movement = (version: number, kind: string, quantity: number | null, onHand: number, reserved: number) => ({
      version,
      kind,
      quantity,
      on_hand_delta: onHand,
      reserved_delta: reserved,
      reason: null,
      reference: null,
    });
    expect(ledger.rows).toEqual([
      { ...movement(1, "receive", 20, 20, 0), reference: "PO-7" },
      movement(2, "policy", null, 0, 0),
      movement(3, "reserve", 5, 0, 5),
      movement(4, "reserve", 5, 0, 5),
      movement(5, "fulfil", 5, -5, -5),
      movement(6, "release", 5, 0, -5),
      { ...movement(7, "count", 14, -1, 0), reason: "yearly" },
      movement(8, "adjust", -1, -1, 0),
    ]);
    const events = await client.query(
      "SELECT reservation_id, version, status FROM audit.reservation_event ORDER BY reservation_id, version",
    );
    expect(events.rows.map(({ reservation_id, version, status }) => [reservation_id, version, status])).toEqual([
      ["r1", 1, "HELD"],
      ["r1", 2, "CONFIRMED"],
      ["r1", 3, "FULFILLED"],
      ["r2", 1, "HELD"],
      ["r2", 2, "RELEASED"],
    ]);
  });
});

const bytesAsBase64 = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
