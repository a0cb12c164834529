import { beforeAll, describe, expect, it } from "vitest";
import type { LocationId, Sku } from "../../contract/identifiers.ts";
import type { MovementCommand } from "../../contract/movement.ts";
import { doneValue } from "../../test/support/outcome.ts";
import { openShop, type Shop } from "../../test/support/shop.ts";

let shop: Shop;
let location: LocationId;
beforeAll(async () => {
  shop = await openShop();
  location = await shop.addLocation("main");
});

const newItem = () => shop.addItem(`item-${crypto.randomUUID()}`);
const newKey = () => shop.context(`key-${crypto.randomUUID()}`);
const level = (sku: Sku) => shop.stock.readLevel(sku, location, { consistent: true });
const refused = (code: string) => ({ kind: "refused", refusal: { code } });

function move(kind: MovementCommand["kind"], sku: Sku, quantity: number, expectedVersion?: number) {
  const command = { kind, lines: [{ sku, location, quantity }] } as MovementCommand;
  return shop.stock.makeMovements(newKey(), command, expectedVersion);
}

const hold = (sku: Sku, quantity: number) =>
  shop.reservations.hold(newKey(), {
    owner: "shopper",
    ttlSeconds: 900,
    strategy: "priority",
    lines: [{ sku, location, quantity }],
  });

const setPolicy = (sku: Sku, policy: { safety?: number; backorderLimit?: number }, expectedVersion?: number) =>
  shop.stock.putPolicy(
    shop.context(),
    { sku, location, policy: { safety: 0, backorderLimit: 0, ...policy } },
    expectedVersion,
  );

describe("makeMovements", () => {
  it("answers each movement with its level as it is after the commit", async () => {
    const sku = await newItem();
    const context = newKey();
    const made = await shop.stock.makeMovements(context, {
      kind: "receive",
      reference: "po-1",
      lines: [{ sku, location, quantity: 5 }],
    });
    expect(made).toEqual({
      kind: "done",
      replayed: false,
      value: {
        movements: [
          {
            id: `${context.requestId}-1`,
            kind: "receive",
            sku,
            location,
            quantity: 5,
            level: {
              sku,
              location,
              onHand: 5,
              reserved: 0,
              incoming: 0,
              damaged: 0,
              qualityHold: 0,
              safety: 0,
              available: 5,
              backorderLimit: 0,
              sellable: 5,
              version: 1,
              updatedAt: expect.any(String),
            },
          },
        ],
      },
    });
  });

  it("changes all levels or none", async () => {
    const [full, empty] = [await newItem(), await newItem()];
    await move("receive", full, 5);
    const lines = [full, empty].map((sku) => ({ sku, location, quantity: -1 }));
    expect(await shop.stock.makeMovements(newKey(), { kind: "adjust", lines })).toMatchObject({
      refusal: { code: "insufficient_stock", shortfalls: [{ sku: empty, location, requested: 1, available: 0 }] },
    });
    expect(await level(full)).toMatchObject({ onHand: 5, version: 1 });
    expect(await level(empty)).toMatchObject({ onHand: 0, version: 0, updatedAt: null });
  });

  it("refuses an adjust that would take reserved stock", async () => {
    const sku = await newItem();
    await move("receive", sku, 5);
    await hold(sku, 4);
    expect(await move("adjust", sku, -2)).toMatchObject({
      refusal: { code: "insufficient_stock", shortfalls: [{ requested: 2, available: 1 }] },
    });
    expect(await move("adjust", sku, -1)).toMatchObject({ kind: "done" });
  });

  it("refuses to take more from incoming than there is", async () => {
    const sku = await newItem();
    const lines = [{ sku, location, quantity: 5, expected: 5 }];
    expect(await shop.stock.makeMovements(newKey(), { kind: "receive", lines })).toMatchObject({
      refusal: { code: "insufficient_stock", shortfalls: [{ requested: 5, available: 0 }] },
    });
  });

  it("keeps every quantity in its range, also at a level that does not exist yet", async () => {
    const sku = await newItem();
    const lines = [600_000_000, 600_000_000].map((quantity) => ({ sku, location, quantity }));
    expect(await shop.stock.makeMovements(newKey(), { kind: "receive", lines })).toMatchObject(
      refused("quantity_limit"),
    );
    expect(await move("receive", sku, 1_000_000_000)).toMatchObject({ kind: "done" });
    expect(await move("return", sku, 1)).toMatchObject(refused("quantity_limit"));
  });

  it("accepts a count as a fact: even below reserved, and as a change even when it is equal", async () => {
    const sku = await newItem();
    await move("receive", sku, 5);
    await hold(sku, 4);
    expect(await move("count", sku, 1)).toMatchObject({ kind: "done" });
    expect(await level(sku)).toMatchObject({ onHand: 1, reserved: 4, sellable: -3, version: 3 });
    expect(await move("count", sku, 1)).toMatchObject({ kind: "done" });
    expect(await level(sku)).toMatchObject({ onHand: 1, version: 4 });
  });

  it("gives each of several concurrent counts and receipts its effect", async () => {
    const sku = await newItem();
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, index) => move(index % 2 ? "count" : "receive", sku, index + 1)),
    );
    expect(outcomes.filter(({ kind }) => kind === "done")).toHaveLength(12);
    expect(await level(sku)).toMatchObject({ version: 12 });
  });

  it.each(["receive", "count"] as const)("refuses an old If-Match with version_mismatch (%s)", async (kind) => {
    const sku = await newItem();
    expect(await move(kind, sku, 5, 1)).toMatchObject(refused("version_mismatch"));
    expect(await move(kind, sku, 5, 0)).toMatchObject({ kind: "done" });
    expect(await move(kind, sku, 5, 0)).toMatchObject(refused("version_mismatch"));
    expect(await move(kind, sku, 6, 1)).toMatchObject({ kind: "done" });
    expect(await level(sku)).toMatchObject({ version: 2 });
  });
});

describe("putPolicy", () => {
  it("changes sellable, keeps the version when the policy is the same, and can be read back", async () => {
    const sku = await newItem();
    await move("receive", sku, 5);
    expect(await setPolicy(sku, { safety: 2, backorderLimit: 1 })).toMatchObject({
      value: { available: 3, sellable: 4, version: 2 },
    });
    expect(await setPolicy(sku, { safety: 2, backorderLimit: 1 })).toMatchObject({ value: { version: 2 } });
    expect(await shop.stock.readPolicy(sku, location)).toEqual({ safety: 2, backorderLimit: 1, version: 2 });
  });

  it("refuses a policy that lowers sellable below zero, but accepts one that raises a negative sellable", async () => {
    const sku = await newItem();
    await move("receive", sku, 5);
    await hold(sku, 4);
    expect(await setPolicy(sku, { safety: 2 })).toMatchObject({
      refusal: { code: "insufficient_stock", shortfalls: [{ sku, location, requested: 2, available: 1 }] },
    });
    await move("count", sku, 0);
    expect(await setPolicy(sku, { backorderLimit: 1 })).toMatchObject({ value: { sellable: -3 } });
  });

  it("compares If-Match", async () => {
    const sku = await newItem();
    expect(await setPolicy(sku, { safety: 0, backorderLimit: 3 }, 1)).toMatchObject(refused("version_mismatch"));
    expect(await setPolicy(sku, { backorderLimit: 3 }, 0)).toMatchObject({ value: { version: 1, sellable: 3 } });
  });
});

describe("existence", () => {
  it("reports a missing item before a missing location, and both before missing stock", async () => {
    const sku = await newItem();
    const [noItem, noLocation] = ["nothing" as Sku, "nowhere" as LocationId];
    const adjust = (line: { sku: Sku; location: LocationId }) =>
      shop.stock.makeMovements(newKey(), { kind: "adjust", lines: [{ ...line, quantity: -1 }] });
    expect(await adjust({ sku: noItem, location: noLocation })).toMatchObject(refused("item_not_found"));
    expect(await adjust({ sku, location: noLocation })).toMatchObject(refused("location_not_found"));
    expect(await adjust({ sku, location })).toMatchObject(refused("insufficient_stock"));
  });

  it.each(["archiving", "archived"])("accepts corrections but no new business at an %s location", async (status) => {
    const sku = await newItem();
    const old = await shop.addLocation(`old-${status}`, { status: status as "archived" });
    const at = (kind: MovementCommand["kind"]) =>
      shop.stock.makeMovements(newKey(), { kind, lines: [{ sku, location: old, quantity: 1 }] } as MovementCommand);
    for (const kind of ["receive", "return"] as const)
      expect(await at(kind)).toMatchObject(refused("location_not_found"));
    for (const kind of ["adjust", "count"] as const) expect(await at(kind)).toMatchObject({ kind: "done" });
  });

  it("tells reads which items and locations were never created", async () => {
    const sku = await newItem();
    expect(await shop.stock.findMissing({ skus: [sku], locations: [location] })).toBeUndefined();
    expect(await shop.stock.findMissing({ skus: ["nothing" as Sku] })).toMatchObject(refused("item_not_found"));
  });
});

describe("listLocationLevels", () => {
  it("pages by sku until the end", async () => {
    const shelf = await shop.addLocation("shelf");
    const skus = await Promise.all(["c", "a", "b"].map((name) => shop.addItem(`shelf-${name}`)));
    const lines = skus.map((sku) => ({ sku, location: shelf, quantity: 1 }));
    await shop.stock.makeMovements(newKey(), { kind: "receive", lines });
    const first = doneValue(await shop.stock.listLocationLevels(shelf, { limit: 2 }));
    expect(first.items.map(({ sku }) => sku)).toEqual(["shelf-a", "shelf-b"]);
    const next = { limit: 2, cursor: first.nextCursor ?? "" };
    const second = doneValue(await shop.stock.listLocationLevels(shelf, next));
    expect(second.items.map(({ sku }) => sku)).toEqual(["shelf-c"]);
    expect(second.nextCursor).toBeNull();
  });

  it("refuses a cursor from another list", async () => {
    expect(await shop.stock.listLocationLevels(location, { limit: 2, cursor: "%%%" })).toMatchObject({
      kind: "refused",
      refusal: { code: "validation_failed", errors: [{ path: "cursor" }] },
    });
  });
});
