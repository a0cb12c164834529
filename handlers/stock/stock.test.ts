import { beforeAll, describe, expect, it } from "vitest";
import type { LocationId, Sku } from "../../contract/identifiers.ts";
import type { Operation } from "../../contract/routes.ts";
import { levelsOf } from "../../test/support/cache.ts";
import { ifMatch, openCatalogue, uniqueId } from "../../test/support/catalogue.ts";
import { type GatewayRequest, recordingLog, send } from "../../test/support/gateway-event.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { openShop, type Shop } from "../../test/support/shop.ts";
import { createHttpHandler } from "../runtime/index.ts";
import { createStockRoutes, stockChecks } from "./routes.ts";

const nowMs = Date.now();
let shop: Shop;
let leeds: LocationId;
let york: LocationId;
let call: (operation: Operation, request: GatewayRequest) => ReturnType<typeof send>;

beforeAll(async () => {
  shop = await openShop();
  [leeds, york] = await Promise.all([shop.addLocation("LEEDS"), shop.addLocation("YORK")]);
  const handler = createHttpHandler({
    function: "stock",
    routes: createStockRoutes({
      store: shop.stock,
      levels: levelsOf(shop.stock, () => nowMs),
      clock: () => nowMs,
    }),
    checks: stockChecks,
    clock: () => Date.now(),
    ids: () => crypto.randomUUID(),
    log: recordingLog(),
    meter: recordingMeter(),
  });
  call = (operation, request) => send(handler, operation, { token: { scope: "stock:read stock:write" }, ...request });
});

const newItem = () => shop.addItem(uniqueId("MUG"));
const key = (name = crypto.randomUUID() as string) => ({ "Idempotency-Key": name });
const asOf = new Date(nowMs).toISOString();

function move(kind: string, lines: readonly object[], headers: Record<string, string> = key()) {
  return call("makeMovements", { body: { kind, lines }, headers });
}

describe("makeMovements", () => {
  it("answers 201 with each movement and its level, and repeats the answer for the same key", async () => {
    const sku = await newItem();
    const headers = key();
    const lines = [
      { sku, location: leeds, quantity: 5 },
      { sku, location: york, quantity: 2 },
    ];
    const first = await move("receive", lines, headers);
    expect(first.status).toBe(201);
    expect(first.headers).not.toHaveProperty("Idempotent-Replayed");
    expect(first.body.movements).toMatchObject([
      { kind: "receive", sku, location: leeds, quantity: 5, level: { onHand: 5, sellable: 5, version: 1 } },
      { kind: "receive", sku, location: york, quantity: 2, level: { onHand: 2, version: 1 } },
    ]);
    const again = await move("receive", lines, headers);
    expect(again).toMatchObject({ status: 201, headers: { "Idempotent-Replayed": "true" }, body: first.body });
    const other = await move("receive", [{ sku, location: leeds, quantity: 6 }], headers);
    expect(other).toMatchObject({ status: 422, body: { code: "idempotency_key_reused" } });
  });

  it("refuses all lines when one has too little stock, and names the shortfall", async () => {
    const sku = await newItem();
    await move("receive", [{ sku, location: leeds, quantity: 5 }]);
    const lines = [
      { sku, location: leeds, quantity: -2 },
      { sku, location: york, quantity: -1 },
    ];
    const { status, body } = await move("adjust", lines);
    expect([status, body.code]).toEqual([409, "insufficient_stock"]);
    expect(body.shortfalls).toEqual([{ sku, location: york, requested: 1, available: 0 }]);
    expect((await read(sku, leeds)).body).toMatchObject({ onHand: 5, version: 1 });
  });

  it("refuses If-Match with several lines before a missing key", async () => {
    const sku = await newItem();
    const lines = [
      { sku, location: leeds, quantity: 1 },
      { sku, location: york, quantity: 1 },
    ];
    const answer = await move("receive", lines, { "If-Match": '"0"' });
    expect(answer).toMatchObject({ status: 400, body: { code: "validation_failed", errors: [{ path: "If-Match" }] } });
  });

  it('accepts If-Match with one line, "0" for a level that never changed, and answers 412 later', async () => {
    const sku = await newItem();
    const lines = [{ sku, location: leeds, quantity: 1 }];
    expect((await move("receive", lines, { ...key(), "If-Match": '"0"' })).status).toBe(201);
    expect((await move("receive", lines, { ...key(), "If-Match": '"0"' })).status).toBe(412);
    expect((await move("count", lines, { ...key(), "If-Match": 'W/"1"' })).status).toBe(201);
  });

  it("refuses a level counted twice and 91 levels", async () => {
    const sku = await newItem();
    const twice = Array(2).fill({ sku, location: leeds, quantity: 1 });
    expect((await move("count", twice)).body.errors).toMatchObject([{ path: "/lines/1" }]);
    const many = Array.from({ length: 91 }, (_, index) => ({ sku, location: `L${index}`, quantity: 1 }));
    expect((await move("receive", many)).body.code).toBe("validation_failed");
    expect((await move("receive", many.slice(1))).body.code).toBe("location_not_found");
  });

  it("reports an unknown item before an unknown location", async () => {
    const lines = [{ sku: "NOTHING", location: "NOWHERE", quantity: 1 }];
    expect((await move("receive", lines)).body.code).toBe("item_not_found");
  });
});

const read = (sku: Sku, location: string, request: GatewayRequest = {}) =>
  call("getLevel", { parameters: { sku, location }, ...request });

describe("getLevel", () => {
  it("answers zeros at version 0 for a level that never changed, and 404 for an unknown item or location", async () => {
    const sku = await newItem();
    expect(await read(sku, leeds)).toMatchObject({
      status: 200,
      headers: { ETag: '"0"' },
      body: { sku, location: leeds, onHand: 0, sellable: 0, version: 0, updatedAt: null, asOf, source: "table" },
    });
    expect((await read(sku, "NOWHERE")).body.code).toBe("location_not_found");
    expect((await read("NOTHING" as Sku, "NOWHERE")).body.code).toBe("item_not_found");
  });

  it("answers no version below minVersion, 304 for the same version, and a strong read on request", async () => {
    const sku = await newItem();
    await move("receive", [{ sku, location: leeds, quantity: 5 }]);
    expect((await read(sku, leeds, { query: { minVersion: "1" } })).body.version).toBe(1);
    expect((await read(sku, leeds, { query: { consistency: "strong" } })).body.source).toBe("table");
    expect((await read(sku, leeds, { headers: { "If-None-Match": '"1"' } })).status).toBe(304);
    await move("receive", [{ sku, location: leeds, quantity: 1 }]);
    expect((await read(sku, leeds, { headers: { "If-None-Match": '"1"' } })).body.onHand).toBe(6);
  });

  it("answers a level whose item is archived", async () => {
    const sku = uniqueId("CUP") as Sku;
    const catalogue = openCatalogue(shop);
    await catalogue.item("putItem", sku, { body: { name: "Cup" } });
    expect((await catalogue.item("archiveItem", sku)).body.status).toBe("archived");
    expect((await read(sku, leeds)).status).toBe(200);
  });

  it("shows only availability to a token with only stock:availability", async () => {
    const sku = await newItem();
    await move("receive", [{ sku, location: leeds, quantity: 5 }]);
    const token = { scope: "stock:availability" };
    expect((await read(sku, leeds, { token })).body).toEqual({ sku, location: leeds, available: 5, asOf, version: 1 });
    const all = await call("getItemStock", { parameters: { sku }, token });
    expect(all.body).toEqual({ sku, levels: [{ sku, location: leeds, available: 5, asOf, version: 1 }], asOf });
    expect((await call("listLevels", { query: { location: leeds }, token })).body).toMatchObject({
      code: "forbidden",
      requiredScope: "stock:read",
    });
  });
});

describe("getItemStock", () => {
  it("adds up the levels, with a weak tag that changes when any level changes", async () => {
    const sku = await newItem();
    const parameters = { sku };
    expect((await call("getItemStock", { parameters })).body).toMatchObject({ levels: [], totals: { onHand: 0 } });
    await move("receive", [
      { sku, location: leeds, quantity: 5 },
      { sku, location: york, quantity: 2 },
    ]);
    const first = await call("getItemStock", { parameters });
    expect(first.body).toMatchObject({ sku, totals: { onHand: 7, available: 7, sellable: 7 }, asOf, source: "table" });
    expect(first.body.levels.map(({ location }: { location: string }) => location)).toEqual([leeds, york]);
    const tag = first.headers.ETag ?? "";
    expect(tag).toMatch(/^W\/"/);
    const headers = { "If-None-Match": tag };
    expect((await call("getItemStock", { parameters, headers })).status).toBe(304);
    await move("receive", [{ sku, location: york, quantity: 1 }]);
    expect((await call("getItemStock", { parameters, headers })).body.totals.onHand).toBe(8);
    expect((await call("getItemStock", { parameters: { sku: "NOTHING" } })).body.code).toBe("item_not_found");
  });
});

describe("listLevels", () => {
  it("pages through the levels of a location", async () => {
    const location = await shop.addLocation(uniqueId("HULL"));
    const skus = await Promise.all(Array.from({ length: 5 }, newItem));
    for (const sku of skus) await move("receive", [{ sku, location, quantity: 1 }]);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { location, limit: "2", ...(cursor && { cursor }) };
      const { body } = await call("listLevels", { query });
      found.push(...body.items.map(({ sku }: { sku: string }) => sku));
      cursor = body.nextCursor ?? undefined;
    } while (cursor);
    expect(found).toEqual([...skus].sort());
    expect((await call("listLevels", { query: { location, cursor: "nonsense" } })).status).toBe(400);
    expect((await call("listLevels", { query: { location: "NOWHERE" } })).body.code).toBe("location_not_found");
    expect((await call("listLevels", {})).body.errors).toMatchObject([{ path: "location" }]);
  });
});

describe("putPolicy", () => {
  it("sets the given values, uses defaults for the others, and keeps the version for the same policy", async () => {
    const sku = await newItem();
    const parameters = { sku, location: leeds };
    const body = { safety: 2, backorderLimit: 5, lowStock: { threshold: 3, clear: 10 } };
    const put = await call("putPolicy", { parameters, body, ...ifMatch(0) });
    expect(put).toMatchObject({ status: 200, body: { safety: 2, backorderLimit: 5, sellable: 3, version: 1 } });
    expect((await call("putPolicy", { parameters, body })).body.version).toBe(1);
    const policy = await call("getPolicy", { parameters });
    expect(policy).toMatchObject({ headers: { ETag: '"1"' } });
    expect(policy.body).toEqual({ ...body, version: 1 });
    expect((await call("putPolicy", { parameters, body: {}, ...ifMatch(0) })).status).toBe(412);
    expect((await call("putPolicy", { parameters, body: {} })).body).toMatchObject({ safety: 0, version: 2 });
    const short = await call("putPolicy", { parameters, body: { safety: 1 } });
    expect(short.body.code).toBe("insufficient_stock");
  });
});
