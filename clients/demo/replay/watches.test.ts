import { describe, expect, it } from "vitest";
import { LocationId, Sku } from "../../../contract/identifiers.ts";
import { serveShop } from "../../../test/support/rest-server.ts";
import { openShop } from "../../../test/support/shop.ts";
import type { Progress } from "../progress.ts";
import { Journal } from "./journal.ts";
import { Session } from "./session.ts";
import { readPolicy, unwatchLevels, watchLevels } from "./watches.ts";

const silent: Progress = { start: () => {}, advance: () => {}, reach: () => {}, note: () => {}, end: () => {} };
const location = LocationId.parse("LEEDS");
/** Thirty levels of 50: three of them are watched. */
const planned = Array.from({ length: 30 }, (_, index) => ({ sku: Sku.parse(`S${index}`), location, quantity: 50 }));

async function openRuns() {
  const shop = await openShop();
  await shop.addLocation("LEEDS");
  await Promise.all(planned.map(({ sku }) => shop.addItem(sku)));
  const baseUrl = await serveShop(shop);
  const tokens = { current: async () => "token", renew: () => {} };
  return () => new Session({ runId: "demo-test", seed: 1, journal: Journal.open(":memory:"), baseUrl, tokens });
}

const policies = async (session: Session) =>
  Promise.all(session.journal.watched().map((watch) => readPolicy(session, watch)));

describe("watchLevels", () => {
  it("derives thresholds from the opening stock, sets them once, and removes them again", async () => {
    const session = (await openRuns())();
    await watchLevels(session, planned, silent);
    await watchLevels(session, planned, silent);
    const set = { safety: 0, backorderLimit: 0, lowStock: { threshold: 10, clear: 25 }, version: 1 };
    expect(await policies(session)).toEqual([set, set, set]);
    await unwatchLevels(session);
    const off = { safety: 0, backorderLimit: 0, version: 2 };
    expect(await policies(session)).toEqual([off, off, off]);
  });

  it("does not change levels that already have a low-stock policy, and keeps the rest of a policy", async () => {
    const open = await openRuns();
    const first = open();
    await watchLevels(first, planned, silent);
    const [one, two, three] = first.journal.watched();
    if (one === undefined || two === undefined || three === undefined) throw new Error("three are watched");
    await unwatchLevels(first);
    const lowStock = { threshold: 1, clear: 2 };
    await first.send("policy", "putPolicy", { path: { sku: one.sku, location }, body: { lowStock } });
    await first.send("policy", "putPolicy", { path: { sku: two.sku, location }, body: { backorderLimit: 7 } });

    const second = open();
    await watchLevels(second, planned, silent);
    expect(second.journal.watched()).toEqual([two, three]);
    await unwatchLevels(second);
    expect(await readPolicy(first, one)).toMatchObject({ lowStock });
    expect(await readPolicy(first, two)).toEqual({ safety: 0, backorderLimit: 7, version: 5 });
  });
});
