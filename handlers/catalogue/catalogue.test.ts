import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "vitest";
import { type CatalogueOptions, ifMatch, openCatalogue, uniqueId } from "../../test/support/catalogue.ts";
import type { GatewayRequest } from "../../test/support/gateway-event.ts";
import { openShop, type Shop } from "../../test/support/shop.ts";

const token = { scope: "catalogue:write" };
let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
const catalogueOf = (options?: CatalogueOptions) => openCatalogue(shop, options);

describe("putItem", () => {
  it("creates with defaults, then replaces; absent fields get their defaults again", async () => {
    const { item } = catalogueOf();
    const sku = uniqueId("MUG");
    const created = await item("putItem", sku, { body: { name: "Mug", description: "red", barcodes: ["1"] } });
    expect(created).toMatchObject({ status: 201, headers: { ETag: '"1"' } });
    expect(created.body).toEqual({
      sku,
      name: "Mug",
      description: "red",
      attributes: {},
      barcodes: ["1"],
      status: "active",
      version: 1,
      createdAt: expect.any(String),
      updatedAt: created.body.createdAt,
    });
    const replaced = await item("putItem", sku, { body: { name: "Cup" } });
    expect(replaced).toMatchObject({ status: 200, headers: { ETag: '"2"' } });
    expect(replaced.body).toMatchObject({ name: "Cup", description: "", barcodes: [], version: 2 });
    expect(replaced.body.createdAt).toBe(created.body.createdAt);
    expect((await item("getItem", sku)).body).toEqual(replaced.body);
  });

  it("changes nothing when the fields are the same", async () => {
    const { item } = catalogueOf();
    const sku = uniqueId("MUG");
    const first = await item("putItem", sku, { body: { name: "Mug", attributes: { a: "1", b: "2" } } });
    const again = await item("putItem", sku, { body: { attributes: { b: "2", a: "1" }, name: "Mug" } });
    expect(again).toMatchObject({ status: 200, body: first.body });
  });

  it('accepts If-Match "0" for an item that does not exist, and refuses every other version', async () => {
    const { item } = catalogueOf();
    const sku = uniqueId("MUG");
    const body = { name: "Mug" };
    expect((await item("putItem", sku, { body, ...ifMatch(1) })).body.code).toBe("version_mismatch");
    expect((await item("putItem", sku, { body, ...ifMatch(0) })).status).toBe(201);
    expect((await item("putItem", sku, { body, ...ifMatch(0) })).status).toBe(412);
    expect((await item("putItem", sku, { body: { name: "Cup" }, ...ifMatch(1) })).body.version).toBe(2);
    expect((await item("patchItem", sku, { body, ...ifMatch(1) })).status).toBe(412);
  });

  it("creates once when twenty requests create the item at the same time", async () => {
    const { item } = catalogueOf();
    const sku = uniqueId("MUG");
    const body = { name: "Mug" };
    const answers = await Promise.all(Array.from({ length: 20 }, () => item("putItem", sku, { body, ...ifMatch(0) })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(412)]);
  });

  it("answers with its own change when the table's answer to the write was lost", async () => {
    const sku = uniqueId("MUG");
    const { dynamoDb, lostCount } = losingFirstPut();
    const answer = await catalogueOf({ dynamoDb }).item("putItem", sku, { body: { name: "Mug" }, ...ifMatch(0) });
    expect(lostCount()).toBe(1);
    expect(answer).toMatchObject({ status: 201, body: { version: 1 } });
  });
});

/** Sends the first put twice, as the SDK's retry does after a lost answer: the second one fails its condition. */
function losingFirstPut() {
  let lost = 0;
  const sendTwice: DynamoDBDocumentClient["send"] = async (command: never, ...rest: never[]) => {
    const isPut = (command as object).constructor.name === "PutCommand";
    if (isPut && lost++ === 0) await shop.direct.send(command, ...(rest as []));
    return shop.direct.send(command, ...(rest as [])) as never;
  };
  return { dynamoDb: { send: sendTwice } as unknown as DynamoDBDocumentClient, lostCount: () => lost };
}

describe("patchItem", () => {
  it("merges: null returns a field to its default, or removes one attribute", async () => {
    const { item } = catalogueOf();
    const sku = uniqueId("MUG");
    const before = { name: "Mug", description: "red", attributes: { size: "L", color: "red" }, barcodes: ["1"] };
    await item("putItem", sku, { body: before });
    const body = { description: null, attributes: { size: null, weight: "1" }, name: "Cup" };
    const patched = await item("patchItem", sku, {
      body,
      headers: { "Content-Type": "application/merge-patch+json" },
    });
    expect(patched.body).toMatchObject({
      name: "Cup",
      description: "",
      attributes: { color: "red", weight: "1" },
      barcodes: ["1"],
      version: 2,
    });
    const cleared = await item("patchItem", sku, { body: { attributes: null, barcodes: null } });
    expect(cleared.body).toMatchObject({ name: "Cup", attributes: {}, barcodes: [], version: 3 });
  });

  it("refuses a merge that exceeds the bounds, and names the field", async () => {
    const { item } = catalogueOf();
    const sku = uniqueId("MUG");
    const attributes = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`a${index}`, "x"]));
    await item("putItem", sku, { body: { name: "Mug", attributes } });
    const answer = await item("patchItem", sku, { body: { attributes: { another: "x" } } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "/attributes" }] } });
  });

  it("answers 404 for an unknown item before it compares versions", async () => {
    const { item } = catalogueOf();
    expect((await item("patchItem", uniqueId("NONE"), { body: {}, ...ifMatch(3) })).body.code).toBe("item_not_found");
  });

  it("loses none of eight concurrent changes", async () => {
    const { item } = catalogueOf();
    const sku = uniqueId("MUG");
    await item("putItem", sku, { body: { name: "Mug" } });
    const patches = Array.from({ length: 8 }, (_, index) =>
      item("patchItem", sku, { body: { attributes: { [`a${index}`]: "x" } } }),
    );
    expect((await Promise.all(patches)).map(({ status }) => status)).toEqual(Array(8).fill(200));
    const { body } = await item("getItem", sku);
    expect([Object.keys(body.attributes).length, body.version]).toEqual([8, 9]);
  });
});

describe("locations", () => {
  it("follow the same rules as items", async () => {
    const { call } = catalogueOf();
    const at = { token, parameters: { id: uniqueId("LEEDS") } };
    const coordinates = { latitude: 53.8, longitude: -1.5 };
    const created = await call("putLocation", {
      ...at,
      body: { name: "Leeds", kind: "store", priority: 1, coordinates },
    });
    expect(created).toMatchObject({ status: 201, body: { id: at.parameters.id, priority: 1, coordinates } });
    const patched = await call("patchLocation", { ...at, body: { priority: null, coordinates: null } });
    expect(patched.body).toMatchObject({ name: "Leeds", kind: "store", priority: 100, version: 2 });
    expect(patched.body).not.toHaveProperty("coordinates");
    expect((await call("putLocation", { ...at, body: { name: "Leeds" } })).body.errors).toMatchObject([
      { path: "/kind" },
    ]);
    expect((await call("getLocation", { parameters: { id: "NOWHERE" } })).body.code).toBe("location_not_found");
  });
});

describe("listItems", () => {
  it("lists all items in order, page by page, and filters by status", async () => {
    shop = await openShop();
    const { item, call } = catalogueOf();
    const skus = Array.from({ length: 23 }, (_, index) => `SKU-${String(index).padStart(2, "0")}`);
    await Promise.all(skus.map((sku) => item("putItem", sku, { body: { name: sku } })));
    for (const sku of ["SKU-03", "SKU-17"]) expect((await item("archiveItem", sku)).status).toBe(200);
    const pages = async (query: Record<string, string>) => {
      const found: string[][] = [];
      let cursor: string | null = null;
      do {
        const answer = await call("listItems", { query: { ...query, ...(cursor && { cursor }) } });
        found.push(answer.body.items.map(({ sku }: { sku: string }) => sku));
        cursor = answer.body.nextCursor;
      } while (cursor !== null);
      return found;
    };
    const all = await pages({ limit: "10" });
    expect(all.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(all.flat()).toEqual(skus);
    expect((await pages({ limit: "1", status: "archived" })).flat()).toEqual(["SKU-03", "SKU-17"]);
    expect((await pages({ limit: "23" })).flat()).toEqual(skus);
    expect((await pages({ status: "active" })).flat()).toHaveLength(21);
    expect((await call("listLocations", {})).body).toEqual({ items: [], nextCursor: null });
  });

  it("refuses an invented cursor", async () => {
    const { call } = catalogueOf();
    expect((await call("listItems", { query: { cursor: "a b" } })).body.errors).toMatchObject([{ path: "cursor" }]);
  });
});

describe("access and caches", () => {
  const read = async (options: CatalogueOptions, request: GatewayRequest) => {
    const sku = uniqueId("MUG");
    await catalogueOf().item("putItem", sku, { body: { name: "Mug" } });
    const { call } = catalogueOf(options);
    return [await call("getItem", { parameters: { sku }, ...request }), await call("listItems", { ...request })].map(
      ({ status, headers }) => [status, headers["Cache-Control"]],
    );
  };
  const shared = "s-maxage=30, max-age=0";
  const own = "private, no-store";

  it("lets shared caches keep only what anyone may read", async () => {
    expect(await read({}, {})).toEqual([
      [200, shared],
      [200, shared],
    ]);
    expect(await read({}, { token: { scope: "" } })).toEqual([
      [200, own],
      [200, own],
    ]);
    expect(await read({}, { query: { consistency: "strong" } })).toEqual([
      [200, own],
      [200, own],
    ]);
    expect(await read({ access: "private" }, { token: { scope: "" } })).toEqual([
      [200, own],
      [200, own],
    ]);
  });

  it("demands a token in a private deployment, but not for health and the API's documents", async () => {
    const { call } = catalogueOf({ access: "private" });
    for (const operation of ["getItem", "listItems", "listLocations"] as const) {
      expect(await call(operation, { parameters: { sku: "A" } })).toMatchObject({ status: 401 });
    }
    expect(await call("getHealth", {})).toMatchObject({ status: 200, body: { status: "ok" } });
    expect(await call("getOpenApi", {})).toMatchObject({ status: 200, body: { openapi: "3.1.0" } });
  });

  it("is unhealthy without its table", async () => {
    expect((await catalogueOf({ table: "no-such-table" }).call("getHealth")).status).toBe(503);
  });
});
