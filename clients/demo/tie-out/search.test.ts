import { describe, expect, it } from "vitest";
import { findItems } from "../../../handlers/catalogue/find-items.ts";
import { indexItems } from "../../../handlers/search-indexer/index-items.ts";
import { item } from "../../../test/support/bus-events.ts";
import { kyselyOf, migratedDatabase, urlAs } from "../../../test/support/database.ts";
import { serveShop } from "../../../test/support/rest-server.ts";
import { openShop } from "../../../test/support/shop.ts";
import type { Progress } from "../progress.ts";
import { Journal } from "../replay/journal.ts";
import { Session } from "../replay/session.ts";
import { checkSearch, searchesOf } from "./search.ts";

const silent: Progress = { start: () => {}, advance: () => {}, reach: () => {}, note: () => {}, end: () => {} };
const names = new Map([
  ["DEMO-001", "RED LANTERN"],
  ["DEMO-002", "BLUE LANTERN"],
  ["DEMO-003", "TIN"],
]);

/** Opens a shop, puts its items through the API, and returns a function that fills its index. */
async function openSearch() {
  const url = await migratedDatabase();
  const reader = kyselyOf(urlAs(url, "app_reader"));
  const baseUrl = await serveShop(await openShop(), undefined, { findItems: (wanted) => findItems(reader, wanted) });
  const tokens = { current: async () => "token", renew: () => {} };
  const session = new Session({ runId: "demo-test", seed: 1, journal: Journal.open(":memory:"), baseUrl, tokens });
  for (const [sku, name] of names) await session.send("put", "putItem", { path: { sku }, body: { name } });
  const index = (...skus: string[]) =>
    indexItems(
      kyselyOf(urlAs(url, "indexer")),
      skus.map((sku) => item(sku, { name: names.get(sku) ?? "" })),
    );
  return { session, index };
}

describe("checkSearch", () => {
  it("finds every item by its sku, and by its name without one letter", async () => {
    const { session, index } = await openSearch();
    await index(...names.keys());
    const checked = await checkSearch(session, names, { progress: silent, signal: new AbortController().signal });
    expect(checked).toEqual({ itemCount: 3, misspeltCount: 2, differences: [] });
  });

  it("waits for late index entries, and reports an item that the index lacks", async () => {
    const { session, index } = await openSearch();
    await index("DEMO-001");
    const controller = new AbortController();
    setTimeout(() => void index("DEMO-003"), 500);
    setTimeout(() => controller.abort(), 3_000);
    const checked = await checkSearch(session, names, { progress: silent, signal: controller.signal });
    expect(checked.differences).toEqual([
      { subject: "DEMO-002", what: 'is not found by searching for "DEMO-002"' },
      { subject: "DEMO-002", what: 'is not found by searching for "BLUE LANERN"' },
    ]);
  });
});

describe("searchesOf", () => {
  it("chooses a limited number of items by the seed", () => {
    const many = new Map(Array.from({ length: 600 }, (_, index) => [`S${index}`, "LANTERN"]));
    const [one, other] = [searchesOf(1, many), searchesOf(2, many)];
    expect([one.length, one.filter(({ isMisspelt }) => isMisspelt).length]).toEqual([550, 50]);
    expect(searchesOf(1, many)).toEqual(one);
    expect(other).not.toEqual(one);
  });
});
