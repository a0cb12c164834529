import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "vitest";
import type { LocationId, ReservationId, Sku } from "../../contract/identifiers.ts";
import type { HoldCommand } from "../../contract/reservation.ts";
import { doneValue } from "../../test/support/outcome.ts";
import { openShop, reservationId, type Shop } from "../../test/support/shop.ts";
import { indexShards, reservationKey } from "../inventory/index.ts";

let nowMs = Date.parse("2026-11-24T09:00:00.000Z");
let shop: Shop;
let main: LocationId;
let spare: LocationId;
beforeAll(async () => {
  shop = await openShop({ clock: () => nowMs });
  main = await shop.addLocation("main", { priority: 1 });
  spare = await shop.addLocation("spare", { priority: 2, kind: "store" });
});

const newKey = () => shop.context(`key-${crypto.randomUUID()}`);
const refused = (code: string) => ({ kind: "refused", refusal: { code } });
const level = (sku: Sku, location = main) => shop.stock.readLevel(sku, location, { consistent: true });

async function stocked(...quantities: [number, number?]): Promise<Sku> {
  const sku = await shop.addItem(`item-${crypto.randomUUID()}`);
  const lines = [main, spare].flatMap((location, index) => {
    const quantity = quantities[index];
    return quantity ? [{ sku, location, quantity }] : [];
  });
  if (lines.length > 0) await shop.stock.makeMovements(newKey(), { kind: "receive", lines });
  return sku;
}

const hold = (lines: HoldCommand["lines"], fields: Partial<HoldCommand & { owner: string }> = {}) =>
  shop.reservations.hold(newKey(), { owner: "ann", ttlSeconds: 900, strategy: "priority", lines, ...fields });

const held = async (...input: Parameters<typeof hold>): Promise<ReservationId> => doneValue(await hold(...input)).id;

describe("hold", () => {
  it("spreads a line without a location over locations by priority", async () => {
    const sku = await stocked(3, 3);
    expect(await hold([{ sku, quantity: 5 }])).toMatchObject({
      value: {
        status: "HELD",
        lines: [
          {
            sku,
            quantity: 5,
            allocations: [
              { location: main, quantity: 3 },
              { location: spare, quantity: 2 },
            ],
          },
        ],
      },
    });
    expect(await level(sku, spare)).toMatchObject({ reserved: 2, sellable: 1 });
  });

  it("holds everything or nothing", async () => {
    const [some, none] = [await stocked(3), await stocked(0)];
    const outcome = await hold([some, none].map((sku) => ({ sku, quantity: 1, location: main })));
    expect(outcome).toMatchObject({
      refusal: { code: "insufficient_stock", shortfalls: [{ sku: none, location: main, requested: 1, available: 0 }] },
    });
    expect(await level(some)).toMatchObject({ reserved: 0, version: 1 });
  });

  it("names the sum over all eligible locations when a line without a location gets too little", async () => {
    const sku = await stocked(3, 4);
    expect(await hold([{ sku, quantity: 9 }])).toMatchObject({
      refusal: { code: "insufficient_stock", shortfalls: [{ sku, requested: 9, available: 7 }] },
    });
  });

  it("plans again when concurrent holds take the chosen stock, until no whole hold fits", async () => {
    const sku = await stocked(10, 10);
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => hold([{ sku, quantity: 3 }])));
    expect(outcomes.filter(({ kind }) => kind === "done")).toHaveLength(6);
    const [first, second] = [await level(sku, main), await level(sku, spare)];
    expect([first.sellable, second.sellable].toSorted()).toEqual([0, 2]);
  });

  it("refuses an id that is in use", async () => {
    const sku = await stocked(5);
    const id = reservationId(`order-${crypto.randomUUID()}`);
    await hold([{ sku, quantity: 1 }], { id });
    expect(await hold([{ sku, quantity: 1 }], { id })).toMatchObject(refused("reservation_exists"));
    expect(await hold([{ sku, quantity: 99, location: main }], { id })).toMatchObject(refused("reservation_exists"));
  });

  it("allocates nothing from suppliers or archived locations, but accepts a supplier by name", async () => {
    const sku = await stocked(0);
    const supplier = await shop.addLocation(`supplier-${crypto.randomUUID().slice(0, 8)}`, { kind: "supplier" });
    await shop.stock.makeMovements(newKey(), { kind: "receive", lines: [{ sku, location: supplier, quantity: 5 }] });
    expect(await hold([{ sku, quantity: 1 }])).toMatchObject(refused("insufficient_stock"));
    expect(await hold([{ sku, quantity: 1, location: supplier }])).toMatchObject({ kind: "done" });
  });

  it("refuses with item_not_found before insufficient_stock", async () => {
    expect(await hold([{ sku: "nothing" as Sku, quantity: 1 }])).toMatchObject(refused("item_not_found"));
  });
});

describe("a reservation's life", () => {
  it("is paid, confirmed, fulfilled in parts, and its rest released", async () => {
    const sku = await stocked(5);
    const id = await held([{ sku, quantity: 5 }]);
    expect(doneValue(await shop.reservations.pay(newKey(), { id }, { payWithinSeconds: 60 }))).toMatchObject({
      status: "PAYING",
      payBy: new Date(nowMs + 60_000).toISOString(),
      version: 2,
    });
    const confirmed = doneValue(await shop.reservations.confirm(newKey(), { id }));
    expect(confirmed).toMatchObject({ status: "CONFIRMED", version: 3 });
    expect(confirmed).not.toHaveProperty("payBy");
    expect(await level(sku)).toMatchObject({ onHand: 5, reserved: 5, version: 2 });
    const part = { lines: [{ sku, quantity: 2 }] };
    expect(await shop.reservations.fulfil(newKey(), { id }, part)).toMatchObject({
      value: { status: "PARTIALLY_FULFILLED" },
    });
    expect(await level(sku)).toMatchObject({ onHand: 3, reserved: 3, sellable: 0, version: 3 });
    expect(await shop.reservations.release(newKey(), { id }, {})).toMatchObject({ value: { status: "FULFILLED" } });
    expect(await level(sku)).toMatchObject({ onHand: 3, reserved: 0, sellable: 3, version: 4 });
  });

  it("fulfils no more than is on hand", async () => {
    const sku = await stocked(5);
    const id = await held([{ sku, quantity: 5 }]);
    await shop.reservations.confirm(newKey(), { id });
    await shop.stock.makeMovements(newKey(), { kind: "count", lines: [{ sku, location: main, quantity: 2 }] });
    expect(await shop.reservations.fulfil(newKey(), { id }, {})).toMatchObject({
      refusal: { code: "insufficient_stock", shortfalls: [{ sku, location: main, requested: 5, available: 2 }] },
    });
  });

  it("hides reservations of other owners, and compares If-Match", async () => {
    const id = await held([{ sku: await stocked(1), quantity: 1 }]);
    const confirm = (target: object) => shop.reservations.confirm(newKey(), { id, ...target });
    expect(await confirm({ owner: "bob" })).toMatchObject(refused("not_found"));
    expect(await confirm({ expectedVersion: 2 })).toMatchObject(refused("version_mismatch"));
    expect(await confirm({ owner: "ann", expectedVersion: 1 })).toMatchObject({ kind: "done" });
  });

  it("releases once when a confirm and two releases run at the same time", async () => {
    const sku = await stocked(4);
    const id = await held([{ sku, quantity: 4 }]);
    const outcomes = await Promise.all([
      shop.reservations.confirm(newKey(), { id }),
      shop.reservations.release(newKey(), { id }, {}),
      shop.reservations.release(newKey(), { id }, {}),
    ]);
    const statuses = outcomes.map((outcome) => (outcome.kind === "done" ? outcome.value.status : outcome.refusal.code));
    expect(statuses.filter((status) => status === "RELEASED")).toHaveLength(1);
    expect(await level(sku)).toMatchObject({ reserved: 0, sellable: 4 });
  });
});

describe("expiry", () => {
  it("shows EXPIRED from the deadline on, and changes the levels with expire", async () => {
    const sku = await stocked(2);
    const id = await held([{ sku, quantity: 2 }], { ttlSeconds: 60 });
    const dueAt = new Date(nowMs + 60_000).toISOString();
    expect(await shop.reservations.expire(shop.context(), id)).toEqual({ kind: "not_due", dueAt });
    nowMs += 60_000;
    const shown = await shop.reservations.read(id);
    expect(shown).toMatchObject({ status: "EXPIRED", version: 2 });
    expect(await shop.reservations.confirm(newKey(), { id })).toMatchObject(refused("reservation_expired"));
    expect(await level(sku)).toMatchObject({ reserved: 2 });
    nowMs += 1_500;
    expect(await shop.reservations.expire(shop.context(), id)).toEqual({ kind: "expired", reservation: shown });
    expect(await level(sku)).toMatchObject({ reserved: 0, version: 3 });
    expect(await shop.reservations.read(id)).toEqual(shown);
    expect(await shop.reservations.expire(shop.context(), id)).toEqual({ kind: "not_due", dueAt: null });
  });

  it("is not due for an unknown reservation", async () => {
    const unknown = reservationId("unknown");
    expect(await shop.reservations.expire(shop.context(), unknown)).toEqual({ kind: "not_due", dueAt: null });
    expect(await shop.reservations.read(unknown)).toBeUndefined();
  });

  it("has one effect when many workers expire a reservation at the same time", async () => {
    const sku = await stocked(2);
    const id = await held([{ sku, quantity: 2 }], { ttlSeconds: 60 });
    nowMs += 60_000;
    const results = await Promise.all(Array.from({ length: 8 }, () => shop.reservations.expire(shop.context(), id)));
    expect(results.filter(({ kind }) => kind === "expired")).toHaveLength(1);
    expect(await level(sku)).toMatchObject({ reserved: 0, version: 3 });
  });

  it("answers a release after the deadline with EXPIRED, and repeats that answer for the same key", async () => {
    const sku = await stocked(2);
    const id = await held([{ sku, quantity: 2 }], { ttlSeconds: 60 });
    nowMs += 60_000;
    const context = newKey();
    const release = () => shop.reservations.release(context, { id }, {});
    const again = { ...context, requestId: "another" };
    expect(await release()).toMatchObject({ replayed: false, value: { status: "EXPIRED" } });
    expect(await shop.reservations.release(again, { id }, {})).toMatchObject({ replayed: true });
    expect(await shop.reservations.release(newKey(), { id }, {})).toMatchObject({ replayed: false });
    expect(await level(sku)).toMatchObject({ reserved: 0, version: 3 });
  });

  it("is in byDeadline while its deadline runs, and is kept for 90 days after the last state", async () => {
    const id = await held([{ sku: await stocked(2), quantity: 2 }], { ttlSeconds: 60 });
    const deadlineMs = nowMs + 60_000;
    const due = async (untilMs: number) => {
      const minute = Math.floor(deadlineMs / 60_000);
      const shards = Array.from({ length: indexShards }, (_, shard) =>
        shop.reservations.listDue(minute, shard, untilMs),
      );
      return (await Promise.all(shards)).flat();
    };
    expect(await due(deadlineMs)).toContain(id);
    expect(await due(deadlineMs - 1)).not.toContain(id);
    await shop.reservations.release(newKey(), { id }, {});
    expect(await due(deadlineMs)).not.toContain(id);
    const { Item } = await shop.direct.send(
      new GetCommand({ TableName: shop.tables.inventory, Key: reservationKey(id) }),
    );
    expect(Item).toMatchObject({ status: "RELEASED", ttl: Math.floor(nowMs / 1_000) + 90 * 86_400 });
    expect(Item).not.toHaveProperty("deadlineShard");
  });
});

describe("listByOwner", () => {
  it("pages newest first, filters by the current status, and hides other owners", async () => {
    const owner = `owner-${crypto.randomUUID()}`;
    const sku = await stocked(9);
    const ids: ReservationId[] = [];
    for (const ttlSeconds of [60, 900, 900]) {
      nowMs += 1;
      ids.unshift(await held([{ sku, quantity: 1 }], { owner, ttlSeconds }));
    }
    const idsOf = async (options: { limit: number; cursor?: string; status?: "HELD" | "EXPIRED" }) => {
      const { items, nextCursor } = doneValue(await shop.reservations.listByOwner(owner, options));
      return { ids: items.map(({ id }) => id), cursor: nextCursor };
    };
    const first = await idsOf({ limit: 2 });
    expect(first.ids).toEqual(ids.slice(0, 2));
    expect(await idsOf({ limit: 2, cursor: first.cursor ?? "" })).toEqual({ ids: ids.slice(2), cursor: null });
    nowMs += 60_000;
    expect((await idsOf({ limit: 1, status: "EXPIRED" })).ids).toEqual(ids.slice(2));
    expect((await idsOf({ limit: 9, status: "HELD" })).ids).toEqual(ids.slice(0, 2));
    expect(await shop.reservations.listByOwner(owner, { limit: 1, cursor: "AAAA" })).toMatchObject(
      refused("validation_failed"),
    );
  });
});
