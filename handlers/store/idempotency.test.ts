import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "vitest";
import type { LocationId, Sku } from "../../contract/identifiers.ts";
import { openShop, type Shop } from "../../test/support/shop.ts";
import { type Outcome, requestKey } from "../inventory/index.ts";

let shop: Shop;
let location: LocationId;
beforeAll(async () => {
  shop = await openShop();
  location = await shop.addLocation("main");
});

const newItem = () => shop.addItem(`item-${crypto.randomUUID()}`);
const newKey = () => `key-${crypto.randomUUID()}`;

const receive = (sku: Sku, quantity: number, context = shop.context(newKey())) =>
  shop.stock.makeMovements(context, { kind: "receive", lines: [{ sku, location, quantity }] });

const hold = (sku: Sku, quantity: number, context = shop.context(newKey())) =>
  shop.reservations.hold(context, {
    owner: "shopper",
    ttlSeconds: 900,
    strategy: "priority",
    lines: [{ sku, location, quantity }],
  });

const level = (sku: Sku) => shop.stock.readLevel(sku, location, { consistent: true });
const firstAnswers = (outcomes: readonly Outcome<unknown>[]) =>
  outcomes.filter((outcome) => outcome.kind === "done" && !outcome.replayed);

describe("a key used again", () => {
  it("has one effect for 20 equal requests at the same time, and exactly one of the answers is no replay", async () => {
    const sku = await newItem();
    const key = newKey();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => receive(sku, 7, shop.context(key))));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(20).fill("done"));
    expect(firstAnswers(outcomes)).toHaveLength(1);
    expect(await level(sku)).toMatchObject({ onHand: 7, version: 1 });
  });

  it("has one effect for 20 equal holds at the same time, and all answers have the same reservation", async () => {
    const sku = await newItem();
    await receive(sku, 20);
    const key = newKey();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => hold(sku, 1, shop.context(key))));
    expect(firstAnswers(outcomes)).toHaveLength(1);
    const ids = outcomes.map((outcome) => (outcome.kind === "done" ? outcome.value.id : outcome.refusal.code));
    expect(new Set(ids).size).toBe(1);
    expect(await level(sku)).toMatchObject({ reserved: 1, version: 2 });
  });

  it("answers a movement with the current level, and a reservation as in the first answer", async () => {
    const sku = await newItem();
    const received = newKey();
    const held = newKey();
    await receive(sku, 5, shop.context(received));
    const first = await hold(sku, 2, shop.context(held));
    if (first.kind !== "done") throw new Error("not held");
    await shop.reservations.confirm(shop.context(newKey()), { id: first.value.id });
    expect(await receive(sku, 5, shop.context(received))).toMatchObject({
      kind: "done",
      replayed: true,
      value: { movements: [{ kind: "receive", quantity: 5, level: { onHand: 5, reserved: 2, version: 2 } }] },
    });
    expect(await hold(sku, 2, shop.context(held))).toEqual({ ...first, replayed: true });
  });

  it("is refused for another body, even when the command itself would be refused", async () => {
    const sku = await newItem();
    const key = newKey();
    await receive(sku, 5, shop.context(key, "one body"));
    const reused = { kind: "refused", refusal: { code: "idempotency_key_reused" } };
    expect(await receive(sku, 6, shop.context(key, "another"))).toMatchObject(reused);
    expect(await hold(sku, 99, shop.context(key, "another"))).toMatchObject(reused);
  });

  it("gives the first answer again, even when the state would now refuse the command", async () => {
    const sku = await newItem();
    await receive(sku, 2);
    const held = await hold(sku, 2);
    if (held.kind !== "done") throw new Error("not held");
    const key = newKey();
    const fulfil = () => shop.reservations.fulfil(shop.context(key), { id: held.value.id }, {});
    await shop.reservations.confirm(shop.context(newKey()), { id: held.value.id });
    const first = await fulfil();
    expect(first).toMatchObject({ kind: "done", replayed: false, value: { status: "FULFILLED" } });
    expect(await fulfil()).toEqual({ ...first, replayed: true });
  });

  it("can be used again after a refusal", async () => {
    const sku = await newItem();
    const key = newKey();
    expect(await hold(sku, 2, shop.context(key))).toMatchObject({ refusal: { code: "insufficient_stock" } });
    await receive(sku, 2);
    expect(await hold(sku, 2, shop.context(key))).toMatchObject({ kind: "done", replayed: false });
  });

  it("can be used again when its record is older than a day, even before DynamoDB removes the record", async () => {
    const sku = await newItem();
    const context = shop.context(newKey());
    if (!context.idempotency) throw new Error("the context has a key");
    const ttl = Math.floor(Date.now() / 1_000) - 1;
    const answer = { type: "movements", movements: [] };
    const record = { state: "done", bodyHash: "other", requestId: "other", answer, ttl };
    const Item = { ...requestKey(context.idempotency), ...record };
    await shop.direct.send(new PutCommand({ TableName: shop.tables.requests, Item }));
    expect(await receive(sku, 3, context)).toMatchObject({ kind: "done", replayed: false });
  });

  it("belongs to its client, subject, method and path", () => {
    const base = { client: "a", subject: "b", method: "POST", path: "/x", key: "k", bodyHash: "h" };
    const others = [{ client: "c" }, { subject: "c" }, { method: "PUT" }, { path: "/y" }, { key: "l" }];
    const keys = [base, ...others.map((other) => ({ ...base, ...other }))].map((each) => requestKey(each).pk);
    expect(new Set(keys).size).toBe(keys.length);
    expect(requestKey({ ...base, bodyHash: "other" })).toEqual(requestKey(base));
  });
});
