import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Item } from "../../contract/catalogue.ts";
import { busEvent, item, itemChanged } from "../../test/support/bus-events.ts";
import { openCatalogue } from "../../test/support/catalogue.ts";
import { connectedClient, kyselyOf, migratedDatabase, urlAs } from "../../test/support/database.ts";
import { recordingLog } from "../../test/support/gateway-event.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { openShop } from "../../test/support/shop.ts";
import { findItems } from "../catalogue/find-items.ts";
import { createSearchIndexer } from "./search-indexer.ts";

const url = await migratedDatabase();

async function setup() {
  const client = await connectedClient(url);
  await client.query("DELETE FROM search.item");
  const log = recordingLog();
  const handler = createSearchIndexer({
    database: kyselyOf(urlAs(url, "indexer")),
    clock: Date.now,
    log,
    meter: recordingMeter(),
  });
  const reader = kyselyOf(urlAs(url, "app_reader"));
  const index = (...items: readonly Item[]) => handler(busEvent(...items.map(itemChanged)));
  const find = async (text: string, status?: string) =>
    (await findItems(reader, { text, status, after: undefined, limit: 50 })).map(({ sku }) => sku);
  return { client, handler, reader, index, find, log };
}

const mug = item("TEA-MUG-RED", {
  name: "Red tea mug",
  description: "Stoneware, holds a pint",
  barcodes: ["5012345678900"],
});
const pot = item("TEA-POT", { name: "Teapot", description: "Goes with the red mug" });
const lantern = item("LANTERN-9", { name: "Hanging lantern", description: "For gardens" });

describe("createSearchIndexer", () => {
  it.each([
    ["by a word of the name", "lantern", ["LANTERN-9"]],
    ["by a misspelt word of the name", "lantren", ["LANTERN-9"]],
    ["by another misspelt word of the name", "teepot", ["TEA-POT"]],
    ["by another form of the word", "lanterns", ["LANTERN-9"]],
    ["by the beginning of the word", "lant", ["LANTERN-9"]],
    ["by a word of the description, misspelt", "stonewear", ["TEA-MUG-RED"]],
    ["by a barcode", "5012345678900", ["TEA-MUG-RED"]],
    ["by a barcode with two digits swapped", "5012345678090", ["TEA-MUG-RED"]],
    ["by the SKU in any letter case, the best match first", "tea-mug-red", ["TEA-MUG-RED", "TEA-POT"]],
    ["by two words, in any order, the better match first", "mug red", ["TEA-MUG-RED", "TEA-POT"]],
    ["not at all by an unknown word", "bicycle", []],
    ["not at all by a text without words", "-- !", []],
  ])("finds items %s", async (_, text, skus) => {
    const { index, find } = await setup();
    expect(await index(mug, pot, lantern)).toEqual({ batchItemFailures: [] });
    expect(await find(text)).toEqual(skus);
  });

  it("keeps the newest version of each item for any repetition and order of changes", async () => {
    const { index, client } = await setup();
    const changes = ["A", "B"].flatMap((sku) =>
      [1, 2, 3].map((version) => item(sku, { name: `${sku} ${version}`, version })),
    );
    const deliveries = fc.array(fc.subarray(changes, { minLength: 1 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(deliveries, fc.shuffledSubarray(changes, { minLength: 6 }), async (batches, last) => {
        await client.query("DELETE FROM search.item");
        for (const batch of batches) await index(...batch, ...batch.toReversed());
        for (const change of last) await index(change);
        const { rows } = await client.query("SELECT sku, name, version FROM search.item ORDER BY sku");
        expect(rows).toEqual(["A", "B"].map((sku) => ({ sku, name: `${sku} 3`, version: 3 })));
      }),
      { numRuns: 15 },
    );
  });

  it("fails only messages that are not events, and accepts text that Postgres cannot store", async () => {
    const { handler, find } = await setup();
    const odd = item("ODD", { name: "odd\u0000lantern \ud800" });
    expect(await handler(busEvent("no JSON", itemChanged(odd), "{}"))).toEqual({
      batchItemFailures: [{ itemIdentifier: "message-0" }, { itemIdentifier: "message-2" }],
    });
    expect(await find("lantern")).toEqual(["ODD"]);
  });

  it("fails the batch while the database is down", async () => {
    const database = kyselyOf("postgresql://indexer@127.0.0.1:9/none");
    const handler = createSearchIndexer({ database, clock: Date.now, log: recordingLog(), meter: recordingMeter() });
    await expect(handler(busEvent(itemChanged(mug)))).rejects.toThrow();
  });
});

describe("GET /items?search=", () => {
  const openSearch = async () => {
    const { index, reader } = await setup();
    const shop = await openShop();
    const catalogue = openCatalogue(shop, { findItems: (wanted) => findItems(reader, wanted) });
    const put = async (sku: string, name: string) => {
      const { body } = await catalogue.item("putItem", sku, { body: { name } });
      await index(body);
      return body;
    };
    const search = (query: Record<string, string>, token?: { scope: string }) =>
      catalogue.call("listItems", { query, ...(token && { token }) });
    return { catalogue, put, index, search };
  };

  it("returns the items of the table, page by page", async () => {
    const { put, search } = await openSearch();
    const items = [
      await put("MUG-1", "Mug"),
      await put("MUG-2", "Mug"),
      await put("MUG-3", "Mug"),
      await put("POT", "Pot"),
    ];
    const first = await search({ search: "mugg", limit: "2" });
    expect(first).toMatchObject({ status: 200, body: { items: items.slice(0, 2) } });
    const second = await search({ search: "mugg", limit: "2", cursor: first.body.nextCursor });
    expect(second.body).toEqual({ items: items.slice(2, 3), nextCursor: null });
    expect(await search({ search: "mug", cursor: "none" })).toMatchObject({
      status: 400,
      body: { errors: [{ path: "cursor" }] },
    });
  });

  it("returns only items of the requested status, even before the index has a change", async () => {
    const { catalogue, put, search } = await openSearch();
    await put("OLD", "Lantern");
    const kept = await put("NEW", "Lantern");
    await catalogue.item("archiveItem", "OLD");
    expect((await search({ search: "lantern", status: "active" })).body.items).toEqual([kept]);
    expect((await search({ search: "lantern" })).body.items).toHaveLength(2);
  });

  it("allows a shared cache to keep an anonymous response for a few seconds", async () => {
    const { search } = await openSearch();
    expect((await search({ search: "mug" })).headers["Cache-Control"]).toBe("s-maxage=5, max-age=0");
    expect((await search({ search: "mug" }, { scope: "" })).headers["Cache-Control"]).toBe("private, no-store");
  });
});
