import { beforeAll, describe, expect, it } from "vitest";
import { openShop, reservationId, type Shop } from "../../test/shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});

describe("hold", () => {
  it("holds, confirms and fulfils", async () => {
    const sku = await shop.addItem("widget");
    const location = await shop.addLocation("main");
    const received = await shop.stock.makeMovements(shop.context("k0"), {
      kind: "receive",
      lines: [{ sku, location, quantity: 5 }],
    });
    expect(received).toMatchObject({ kind: "done", replayed: false });
    const held = await shop.reservations.hold(shop.context("k1"), {
      owner: "o",
      ttlSeconds: 900,
      strategy: "priority",
      lines: [{ sku, quantity: 3 }],
    });
    expect(held).toMatchObject({ kind: "done", replayed: false, value: { status: "HELD" } });
    const short = await shop.reservations.hold(shop.context("k2"), {
      owner: "o",
      ttlSeconds: 900,
      strategy: "priority",
      lines: [{ sku, quantity: 3, location }],
    });
    expect(short).toMatchObject({
      kind: "refused",
      refusal: { code: "insufficient_stock", shortfalls: [{ sku, location, requested: 3, available: 2 }] },
    });
    if (held.kind !== "done") throw new Error("not held");
    const id = reservationId(held.value.id);
    expect(await shop.reservations.confirm(shop.context("k3"), { id })).toMatchObject({
      value: { status: "CONFIRMED", version: 2 },
    });
    expect(await shop.reservations.fulfil(shop.context("k4"), { id }, {})).toMatchObject({
      value: { status: "FULFILLED", version: 3 },
    });
    expect(await shop.reservations.fulfil(shop.context("k4"), { id }, {})).toMatchObject({
      replayed: true,
      value: { status: "FULFILLED", version: 3 },
    });
    expect(await shop.stock.readLevel(sku, location, { consistent: true })).toMatchObject({
      onHand: 2,
      reserved: 0,
      sellable: 2,
      version: 3,
    });
    expect(await shop.reservations.listByOwner("o", { limit: 10 })).toMatchObject({
      items: [{ id }],
      nextCursor: null,
    });
  });
});
