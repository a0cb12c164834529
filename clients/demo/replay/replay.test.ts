import { describe, expect, it } from "vitest";
import type { LocationId } from "../../../contract/identifiers.ts";
import type { Level } from "../../../contract/level.ts";
import { limits } from "../../../contract/limits.ts";
import type { Operation } from "../../../contract/routes.ts";
import { doneValue } from "../../../test/support/outcome.ts";
import { serveShop, type Weather } from "../../../test/support/rest-server.ts";
import { openShop, type Shop } from "../../../test/support/shop.ts";
import { generatedSource } from "../input/generated-source.ts";
import { locations } from "../input/locations.ts";
import type { OrderSource } from "../input/source.ts";
import type { Progress } from "../progress.ts";
import { Journal } from "./journal.ts";
import { prepare } from "./prepare.ts";
import { replay, survey } from "./replay.ts";
import { Session } from "./session.ts";

const silent: Progress = { start: () => {}, advance: () => {}, reach: () => {}, note: () => {}, end: () => {} };
const seed = 11;

/** The first lines of a generated source: enough for invoices to compete. */
const startOf = (lineCount: number): OrderSource => ({
  ...generatedSource(seed),
  rows: async function* () {
    for await (const row of generatedSource(seed).rows()) {
      if (row.kind === "row" && row.row.line > lineCount + 1) return;
      yield row;
    }
  },
});

interface Setting {
  readonly runId: string;
  readonly shop: Shop;
  readonly source: OrderSource;
  readonly journal: Journal;
  readonly baseUrl: string;
  /** Returns true to simulate a killed demo, which sends no more requests. */
  readonly isKilled?: () => boolean;
}

async function open(options: {
  lineCount: number;
  weather?: Weather;
  isKilled?: () => boolean;
  clock?: () => number;
}): Promise<Setting> {
  const shop = await openShop(options.clock && { clock: options.clock });
  const baseUrl = await serveShop(shop, options.weather);
  return {
    shop,
    baseUrl,
    runId: "demo-test",
    source: startOf(options.lineCount),
    journal: Journal.open(":memory:"),
    ...options,
  };
}

async function run({ runId, source, journal, baseUrl, isKilled }: Setting, signal = new AbortController().signal) {
  const current = async () => {
    if (isKilled?.()) throw new Error("killed");
    return "token";
  };
  const session = new Session({ runId, seed, journal, baseUrl, tokens: { current, renew: () => {} } });
  const seen = await survey(source, { seed, progress: silent, onBad: () => {} });
  await prepare(session, seen, silent);
  return replay(source, { session, lineCount: seen.lineCount, progress: silent, signal });
}

/** Expects one outcome for every line, and the table to match the journal: a command that acted twice would differ. */
async function expectEven({ shop, source, journal }: Setting): Promise<void> {
  const seen = await survey(source, { seed, progress: silent, onBad: () => {} });
  const totals = journal.totals();
  const levels = (await Promise.all(locations.map(({ id }) => readLevels(shop, id)))).flat();
  const sum = (of: "onHand" | "reserved") => levels.reduce((total, level) => total + level[of], 0);
  const opened = seen.openingStock().reduce((total, { quantity }) => total + quantity, 0);
  expect(sum("reserved")).toBe(0);
  expect(sum("onHand")).toBe(opened - totals.soldUnits + totals.returnedUnits - totals.adjustedUnits);
  expect(levels.filter(({ sellable }) => sellable < 0)).toEqual([]);
  expect(totals.soldLines + totals.returnedLines + totals.adjustedLines + totals.refusedLines).toBe(seen.lineCount);
  expect(totals).toMatchObject({ lineCount: seen.lineCount, invoiceCount: seen.invoiceCount });
}

async function readLevels(shop: Shop, location: LocationId): Promise<Level[]> {
  const levels: Level[] = [];
  let cursor: string | undefined;
  do {
    const page = doneValue(await shop.stock.listLocationLevels(location, { limit: 100, cursor }));
    levels.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return levels;
}

/** Expires, like the sweep, what was held for the default time within three minutes from `heldSinceMs`. */
async function expireAll(shop: Shop, heldSinceMs: number): Promise<number> {
  const firstMinute = Math.floor(heldSinceMs / 60_000) + limits.reservationTtlSecondsDefault / 60;
  let expiredCount = 0;
  for (let minute = firstMinute; minute < firstMinute + 3; minute += 1) {
    for (let shard = 0; shard < 16; shard += 1) {
      for (const id of await shop.reservations.listDue(minute, shard, shop.ports.clock())) {
        const { kind } = await shop.reservations.expire(shop.context(), id);
        if (kind === "expired") expiredCount += 1;
      }
    }
  }
  return expiredCount;
}

describe("replay", () => {
  it("gives every line one outcome (every seventh answer and every ninth request are lost)", async () => {
    let count = 0;
    const weather: Weather = () => {
      count += 1;
      if (count % 7 === 0) return "answer lost";
      return count % 9 === 0 ? "request lost" : undefined;
    };
    const setting = await open({ lineCount: 300, weather });
    expect(await run(setting)).toMatchObject({ interrupted: false, unexpected: [] });
    await expectEven(setting);
    const { journal } = setting;
    expect(journal.refusals()).toContainEqual(expect.objectContaining({ code: "insufficient_stock", command: "hold" }));
    expect(journal.counters("met").get("")).toBeGreaterThan(0);
    expect([...journal.counters("retry/").values()].reduce((a, b) => a + b)).toBeGreaterThan(20);
  });

  it.each<Operation>(["holdReservation", "confirmReservation", "fulfilReservation", "makeMovements"])(
    "resumes without repeating an effect (killed before the answer of a %s)",
    async (operation) => {
      let left = operation === "makeMovements" ? 4 : 8;
      const weather: Weather = (current) => {
        if (current === operation) left -= 1;
        return current === operation && left === 0 ? "answer lost" : undefined;
      };
      let revived = false;
      const setting = await open({ lineCount: 400, weather, isKilled: () => left <= 0 && !revived });
      await expect(run(setting)).rejects.toThrow("killed");
      expect(setting.journal.totals().lineCount).toBeLessThan(400);
      revived = true;
      expect(await run(setting)).toMatchObject({ interrupted: false, unexpected: [] });
      await expectEven(setting);
    },
  );

  it("holds a reservation again that expired before the run was resumed", async () => {
    const startedMs = Date.now();
    let laterMs = 0;
    let confirmed = 0;
    const weather: Weather = (operation) => {
      if (operation === "confirmReservation") confirmed += 1;
      return laterMs === 0 && operation === "confirmReservation" && confirmed > 3 ? "request lost" : undefined;
    };
    const isKilled = () => laterMs === 0 && confirmed > 3;
    const setting = await open({ lineCount: 300, weather, isKilled, clock: () => Date.now() + laterMs });
    await expect(run(setting)).rejects.toThrow("killed");
    laterMs = 3_600_000;
    expect(await expireAll(setting.shop, startedMs)).toBeGreaterThan(0);
    expect(await run(setting)).toMatchObject({ interrupted: false, unexpected: [] });
    await expectEven(setting);
  });

  it("opens with the planned stock, whatever an earlier run left", async () => {
    const setting = await open({ lineCount: 300 });
    await run(setting);
    const first = setting.journal.totals();
    const again = { ...setting, journal: Journal.open(":memory:"), runId: "demo-again" };
    await run(again);
    // The runs may refuse different invoices, but they have the same stock to sell.
    expect(again.journal.totals().soldUnits).toBeGreaterThan(first.soldUnits * 0.95);
    expect(again.journal.totals().soldUnits).toBeLessThan(first.soldUnits * 1.05);
    expect(again.journal.totals().refusedLines).toBeGreaterThan(0);
  });

  it("stops between two invoices when interrupted, and continues from there", async () => {
    const controller = new AbortController();
    let fulfilled = 0;
    const weather: Weather = (operation) => {
      if (operation === "fulfilReservation") fulfilled += 1;
      if (fulfilled === 5) controller.abort();
      return undefined;
    };
    const setting = await open({ lineCount: 300, weather });
    const { lineCount, ...first } = await run(setting, controller.signal);
    expect(first).toMatchObject({ interrupted: true, unexpected: [] });
    expect([lineCount > 0, lineCount < 300]).toEqual([true, true]);
    expect(await run(setting)).toMatchObject({ interrupted: false, unexpected: [], lineCount: 300 - lineCount });
    await expectEven(setting);
  });
});
