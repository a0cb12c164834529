import { type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "vitest";
import { Sku } from "../../contract/identifiers.ts";
import { quantityNames } from "../../contract/quantity.ts";
import { type CatalogueOptions, ifMatch, openCatalogue, uniqueId } from "../../test/support/catalogue.ts";
import { levelRecord } from "../../test/support/inventory-data.ts";
import { openShop, type Shop } from "../../test/support/shop.ts";
import { levelKey } from "../inventory/index.ts";
import { createStockStore, type StockStore } from "../store/index.ts";

const token = { scope: "catalogue:write" };
let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
const catalogueOf = (options?: CatalogueOptions) => openCatalogue(shop, options);

describe("archiveItem", () => {
  const movement = async (stock: StockStore, kind: "receive" | "count", place: [string, string], quantity: number) => {
    const lines = [{ sku: Sku.parse(place[0]), location: await shop.addLocation(place[1]), quantity }];
    return stock.makeMovements(shop.context(crypto.randomUUID()), { kind, lines });
  };
  const receive = (sku: string, location: string, quantity: number) =>
    movement(shop.stock, "receive", [sku, location], quantity);
  const count = (sku: string, location: string, quantity: number) =>
    movement(shop.stock, "count", [sku, location], quantity);
  /** Receives stock through a new store that has nothing cached. */
  const receiveElsewhere = (sku: string) => movement(createStockStore(shop.ports), "receive", [sku, "LEEDS"], 1);
  const newItem = async () => {
    const sku = uniqueId("MUG");
    await catalogueOf().item("putItem", sku, { body: { name: "Mug" } });
    return sku;
  };

  it("refuses without a wait and without a mark while a level has stock", async () => {
    const sku = await newItem();
    await receive(sku, "LEEDS", 1);
    const { item, waits } = catalogueOf();
    const answer = await item("archiveItem", sku);
    expect(answer).toMatchObject({ status: 409, body: { code: "item_in_use" } });
    expect(answer.body.detail).toContain("LEEDS");
    expect(waits).toEqual([]);
    expect(await receive(sku, "LEEDS", 1)).toMatchObject({ kind: "done" });
  });

  it("refuses while a level has stock on hand, reserved or incoming, and for no other quantity", async () => {
    const refusedFor: string[] = [];
    for (const name of quantityNames) {
      const sku = Sku.parse(await newItem());
      const level = levelRecord({ sku, location: await shop.addLocation("LEEDS"), [name]: 1 });
      const Item = { ...levelKey(sku, level.location), ...level };
      await shop.ports.dynamoDb.send(new PutCommand({ TableName: shop.ports.tables.inventory, Item }));
      const { status } = await catalogueOf().item("archiveItem", sku);
      if (status === 409) refusedFor.push(name);
    }
    expect(refusedFor).toEqual(["onHand", "reserved", "incoming"]);
  });

  it("waits 6 s and archives; the item then refuses new business until a patch restores it", async () => {
    const sku = await newItem();
    await receive(sku, "LEEDS", 2);
    await count(sku, "LEEDS", 0);
    const { item, waits } = catalogueOf();
    const archived = await item("archiveItem", sku, ifMatch(1));
    expect(archived).toMatchObject({ status: 200, body: { status: "archived", version: 2 }, headers: { ETag: '"2"' } });
    expect(waits).toEqual([6_000]);
    expect((await item("archiveItem", sku)).body).toEqual(archived.body);
    expect((await item("putItem", sku, { body: { name: "Still" } })).body.status).toBe("archived");
    expect(await receiveElsewhere(sku)).toMatchObject({ kind: "refused", refusal: { code: "item_not_found" } });
    const restored = await item("patchItem", sku, { body: { status: "active" } });
    expect(restored.body).toMatchObject({ status: "active", version: 4 });
    expect(await receive(sku, "LEEDS", 1)).toMatchObject({ kind: "done" });
  });

  it("removes the mark and keeps the version when stock arrives during the wait", async () => {
    const sku = await newItem();
    const { item } = catalogueOf({
      meanwhile: async () => {
        expect((await catalogueOf().item("getItem", sku)).body).toMatchObject({ status: "active", version: 1 });
        await count(sku, "LEEDS", 3);
      },
    });
    expect(await item("archiveItem", sku)).toMatchObject({ status: 409, body: { code: "item_in_use" } });
    expect((await item("getItem", sku)).body).toMatchObject({ status: "active", version: 1 });
    expect(await receiveElsewhere(sku)).toMatchObject({ kind: "done" });
  });

  it("refuses new commands on a marked item", async () => {
    const sku = await newItem();
    let during: unknown;
    const meanwhile = async () => {
      during = await receiveElsewhere(sku);
    };
    expect((await catalogueOf({ meanwhile }).item("archiveItem", sku)).status).toBe(200);
    expect(during).toMatchObject({ kind: "refused", refusal: { code: "item_not_found" } });
  });

  it("keeps a change of fields made during the wait", async () => {
    const sku = await newItem();
    const meanwhile = async () => {
      await catalogueOf().item("patchItem", sku, { body: { name: "Renamed" } });
    };
    const answer = await catalogueOf({ meanwhile }).item("archiveItem", sku);
    expect(answer.body).toMatchObject({ name: "Renamed", status: "archived", version: 3 });
  });

  it("refuses If-Match and removes the mark when the item changes during the wait", async () => {
    const sku = await newItem();
    const meanwhile = async () => {
      await catalogueOf().item("patchItem", sku, { body: { name: "Renamed" } });
    };
    expect((await catalogueOf({ meanwhile }).item("archiveItem", sku, ifMatch(1))).status).toBe(412);
    expect(await receiveElsewhere(sku)).toMatchObject({ kind: "done" });
  });

  it("leaves the item active when a patch restores it during the wait", async () => {
    const sku = await newItem();
    const meanwhile = async () => {
      await catalogueOf().item("patchItem", sku, { body: { status: "active" } });
    };
    expect((await catalogueOf({ meanwhile }).item("archiveItem", sku)).status).toBe(503);
    expect((await catalogueOf().item("getItem", sku)).body).toMatchObject({ status: "active" });
  });

  it("archives once when two requests archive at the same time", async () => {
    const sku = await newItem();
    const meanwhile = async () => {
      expect((await catalogueOf().item("archiveItem", sku)).body).toMatchObject({ status: "archived", version: 2 });
    };
    expect(await catalogueOf({ meanwhile }).item("archiveItem", sku)).toMatchObject({
      status: 200,
      body: { status: "archived", version: 2 },
    });
  });

  it("answers 503 and returns the item to active after 25 s", async () => {
    const sku = await newItem();
    let nowMs = Date.now();
    const meanwhile = async () => {
      nowMs += 25_001;
    };
    const answer = await catalogueOf({ clock: () => nowMs, meanwhile }).item("archiveItem", sku);
    expect(answer).toMatchObject({ status: 503, headers: { "Retry-After": "1" } });
    expect(await receiveElsewhere(sku)).toMatchObject({ kind: "done" });
  });

  it("removes the mark when the table fails during the second check", async () => {
    const sku = await newItem();
    let failing = false;
    const direct = shop.direct;
    const flaky = {
      send: async (command: { constructor: { name: string } }, ...rest: []) => {
        if (failing && command.constructor.name === "QueryCommand") throw new Error("no answer");
        return direct.send(command as never, ...rest);
      },
    } as unknown as DynamoDBDocumentClient;
    const meanwhile = async () => {
      failing = true;
    };
    expect((await catalogueOf({ dynamoDb: flaky, meanwhile }).item("archiveItem", sku)).status).toBe(503);
    expect(await receiveElsewhere(sku)).toMatchObject({ kind: "done" });
  });

  it("ignores the mark after a minute when its function died", async () => {
    const sku = await newItem();
    const died = catalogueOf({ meanwhile: () => new Promise(() => {}) });
    void died.item("archiveItem", sku);
    await expect.poll(() => died.waits.length).toBe(1);
    expect(await receiveElsewhere(sku)).toMatchObject({ kind: "refused", refusal: { code: "item_not_found" } });
    const minuteLater = () => Date.now() + 61_000;
    const store = createStockStore({ ...shop.ports, clock: minuteLater });
    const context = { ...shop.context(crypto.randomUUID()), receivedAtMs: minuteLater() };
    const lines = [{ sku: Sku.parse(sku), location: await shop.addLocation("LEEDS"), quantity: 1 }];
    expect(await store.makeMovements(context, { kind: "receive", lines })).toMatchObject({ kind: "done" });
    const later = catalogueOf({ clock: minuteLater });
    const same = await later.item("putItem", sku, { body: { name: "Mug" } });
    expect(same).toMatchObject({ status: 200, body: { status: "active", version: 2 } });
    expect(await receiveElsewhere(sku)).toMatchObject({ kind: "done" });
  });

  it("answers 404 for an unknown item", async () => {
    expect((await catalogueOf().item("archiveItem", uniqueId("NONE"))).body.code).toBe("item_not_found");
  });

  it("refuses to archive a location that has stock of any item", async () => {
    const sku = await newItem();
    const id = uniqueId("LEEDS");
    const { call } = catalogueOf();
    const at = { token, parameters: { id } };
    await call("putLocation", { ...at, body: { name: "Leeds", kind: "store" } });
    const lines = [{ sku: Sku.parse(sku), location: id as never, quantity: 1 }];
    await shop.stock.makeMovements(shop.context(crypto.randomUUID()), { kind: "receive", lines });
    const used = await call("archiveLocation", at);
    expect(used).toMatchObject({ status: 409, body: { code: "location_in_use" } });
    expect(used.body.detail).toContain(sku);
    const empty = [{ ...lines[0], quantity: 0 }] as typeof lines;
    await shop.stock.makeMovements(shop.context(crypto.randomUUID()), { kind: "count", lines: empty });
    expect((await call("archiveLocation", at)).body).toMatchObject({ id, status: "archived", version: 2 });
  });
});
