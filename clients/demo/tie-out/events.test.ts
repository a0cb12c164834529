import { Pool } from "pg";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { LocationId, Sku } from "../../../contract/identifiers.ts";
import { connectedClient, migratedDatabase, urlAs } from "../../../test/support/database.ts";
import { serveShop } from "../../../test/support/rest-server.ts";
import { openShop } from "../../../test/support/shop.ts";
import type { Progress } from "../progress.ts";
import { Journal } from "../replay/journal.ts";
import { Session } from "../replay/session.ts";
import type { Crossing } from "./crossings.ts";
import { checkEvents } from "./events.ts";

let url: string;
beforeAll(async () => {
  url = await migratedDatabase();
});

const silent: Progress = { start: () => {}, advance: () => {}, reach: () => {}, note: () => {}, end: () => {} };
const insertChanges = `
  INSERT INTO audit.reservation_event (reservation_id, version, status, owner, lines, expires_at, created_at, at, actor, request_id)
  SELECT $1, version, (ARRAY['HELD', 'CONFIRMED', 'FULFILLED'])[version], 'ann', '[]', now(), now(), now(), 'ann', 'r'
  FROM generate_series(1, $2::integer) AS version`;

const crossing: Crossing = {
  id: "StockRanLow/stock/MUG/LEEDS/7",
  type: "StockRanLow",
  version: 7,
  available: 3,
  kind: "reserve",
  sku: Sku.parse("MUG"),
  location: LocationId.parse("LEEDS"),
  atMs: Date.now(),
};

/** Opens a run that held, confirmed and fulfilled one reservation, and put one item and one location. */
async function openRun() {
  const runId = `demo-${crypto.randomUUID().slice(0, 8)}`;
  const journal = Journal.open(":memory:");
  const shop = await openShop();
  const tokens = { current: async () => "token", renew: () => {} };
  const session = new Session({ runId, seed: 1, journal, baseUrl: await serveShop(shop), tokens });
  const owner = await connectedClient(url);
  const pool = new Pool({ connectionString: urlAs(url, "reporter"), max: 1 });
  onTestFinished(() => pool.end());

  journal.events.beginListening(Date.now() - 60_000);
  await session.send("put", "putItem", { path: { sku: "MUG" }, body: { name: "Mug" } });
  await session.send("put", "putLocation", { path: { id: "LEEDS" }, body: { name: "Leeds", kind: "warehouse" } });
  const reservation = `${runId}-2-hold0-1`;
  const changes = ["ReservationHeld", "ReservationConfirmed", "ReservationFulfilled"].map(
    (type, index) => `${type}/reservation/${reservation}/${index + 1}`,
  );
  for (const id of changes) journal.events.addAnswered({ id, atMs: Date.now() });
  await owner.query(insertChanges, [reservation, 3]);
  const announced = ["ItemChanged/item/MUG/1", "LocationChanged/location/LEEDS/1", ...changes, crossing.id];
  const deliver = (...ids: readonly string[]) => {
    for (const id of ids) journal.events.addDelivered(id);
  };
  /** Runs the check and interrupts it after 2.5 s. */
  const check = async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 2_500);
    return checkEvents(pool, { session, crossings: [crossing], progress: silent, signal: controller.signal });
  };
  return { session, journal, owner, runId, reservation, announced, deliver, check };
}

describe("checkEvents", () => {
  it("returns no difference when every change was delivered (some twice, some of other clients)", async () => {
    const { runId, owner, session, announced, deliver, check } = await openRun();
    const foreign = `${runId.replace("demo", "shop")}-9`;
    await owner.query(insertChanges, [foreign, 1]);
    await session.send("policy", "putPolicy", {
      path: { sku: "MUG", location: "LEEDS" },
      body: { lowStock: { threshold: 1, clear: 2 } },
    });
    deliver(
      ...announced,
      ...announced.slice(0, 2),
      `ReservationHeld/reservation/${foreign}/1`,
      "StockRanLow/stock/MUG/LEEDS/1",
    );
    expect(await check()).toEqual({
      expectedCount: 6,
      cameCount: 6,
      repeatCount: 2,
      unheardCount: 0,
      differences: [],
    });
  });

  it("waits for a late event", async () => {
    const { announced, deliver, check } = await openRun();
    deliver(...announced.slice(1));
    setTimeout(() => deliver(...announced.slice(0, 1)), 500);
    expect((await check()).differences).toEqual([]);
  });

  it("reports each event that was never delivered, whatever its source is", async () => {
    const { owner, runId, announced, deliver, check } = await openRun();
    const expired = `${runId}-9-hold0-1`;
    await owner.query(insertChanges, [expired, 1]); // A change that no answer implies.
    deliver(...announced.slice(2, 5));
    const missing = [...announced.slice(0, 2), `ReservationHeld/reservation/${expired}/1`, crossing.id];
    const { differences, cameCount, expectedCount } = await check();
    expect(differences).toEqual(missing.map((subject) => ({ subject, what: "was never delivered" })));
    expect([cameCount, expectedCount]).toEqual([3, 7]);
  });

  it("reports each event without a cause", async () => {
    const { reservation, runId, announced, deliver, check } = await openRun();
    const unmade: [string, string][] = [
      ["ItemChanged/item/MUG/2", "the newest version is 1"],
      ["LocationChanged/location/YORK/1", "the newest version is 0"],
      [`ReservationExpired/reservation/${reservation}/4`, "audit.reservation_event has no such version"],
      [`ReservationHeld/reservation/${runId.replace("demo", "shop")}/1`, "audit.reservation_event has no such version"],
      ["StockRecovered/stock/MUG/LEEDS/8", "no policy watches the level"],
    ];
    deliver(...announced, ...unmade.map(([id]) => id));
    const expected = unmade.map(([subject, why]) => ({ subject, what: `was delivered, but ${why}` }));
    expect((await check()).differences).toEqual(expected.sort((a, b) => (a.subject < b.subject ? -1 : 1)));
  });

  it("reports a crossing of a watched level that the ledger does not show", async () => {
    const { journal, announced, deliver, check } = await openRun();
    await journal.watches(async () => [{ ...crossing, threshold: 3, clear: 5 }]);
    deliver(...announced, "StockRecovered/stock/MUG/LEEDS/8");
    expect((await check()).differences).toEqual([
      { subject: "StockRecovered/stock/MUG/LEEDS/8", what: "was delivered, but the ledger shows no such crossing" },
    ]);
  });

  it("reports an answer that SQL does not record, and a change delivered as another event", async () => {
    const { journal, reservation, announced, deliver, check } = await openRun();
    const unknown = `ReservationConfirmed/reservation/${reservation}/4`;
    journal.events.addAnswered({ id: unknown, atMs: Date.now() });
    const renamed = `ReservationReleased/reservation/${reservation}/3`;
    deliver(...announced.filter((id) => !id.startsWith("ReservationFulfilled")), unknown, renamed);
    expect((await check()).differences).toEqual([
      { subject: `ReservationFulfilled/reservation/${reservation}/3`, what: "was never delivered" },
      { subject: unknown, what: "is not in audit.reservation_event" },
      { subject: renamed, what: "was delivered, but SQL tells of another change" },
    ]);
  });
});
