import { dynamoDbEndpoint } from "laptop-cloud/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Reservation } from "../../contract/reservation.ts";
import { type Fault, startFaultProxy } from "../../test/support/fault-proxy.ts";
import { seededRandom } from "../../test/support/seeded.ts";
import { openShop, type Shop } from "../../test/support/shop.ts";
import { DeadlineError, type Outcome } from "../inventory/index.ts";

const clientCount = 64;
const requestCount = 1_000;
const unitCount = 200;

/** Each client takes the next request. A request without an answer is sent again with its key, as real clients do. */
async function race(shop: Shop, request: (index: number) => Promise<Outcome<Reservation>>) {
  const outcomes: Outcome<Reservation>[] = [];
  let next = 0;
  const client = async () => {
    while (next < requestCount) {
      const index = next++;
      let outcome: Outcome<Reservation> | undefined;
      while (!outcome) outcome = await request(index).catch(undecided);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: clientCount }, client));
  return { outcomes, done: outcomes.filter(({ kind }) => kind === "done").length, shop };
}

const undecided = (error: unknown) => {
  if (!(error instanceof DeadlineError)) throw error;
  return undefined;
};

async function stockedShop(endpoint?: string) {
  const shop = await openShop(endpoint ? { endpoint } : {});
  const sku = await shop.addItem("console");
  const location = await shop.addLocation("main");
  const lines = [{ sku, location, quantity: unitCount }];
  await shop.stock.makeMovements(shop.context("stock"), { kind: "receive", lines });
  const hold = (index: number) =>
    shop.reservations.hold(shop.context(`request-${index}`), {
      owner: "shopper",
      ttlSeconds: 900,
      strategy: "priority",
      lines: [{ sku, location, quantity: 1 }],
    });
  const level = () => shop.stock.readLevel(sku, location, { consistent: true });
  return { shop, hold, level };
}

const soldOut = { onHand: unitCount, reserved: unitCount, sellable: 0, version: unitCount + 1 };

describe("hold (64 clients, 1,000 single-unit requests, 200 units)", { timeout: 240_000 }, () => {
  it("succeeds exactly 200 times", async () => {
    const { shop, hold, level } = await stockedShop();
    const { outcomes, done } = await race(shop, hold);
    expect(done).toBe(unitCount);
    expect(refusalCodes(outcomes)).toEqual(new Set(["insufficient_stock"]));
    expect(await level()).toMatchObject(soldOut);
  });

  it("succeeds exactly 200 times (conflicts, throttling, broken and silent connections before and after the write, late arrivals)", async () => {
    const random = seededRandom(64);
    const odds: readonly [Fault, number][] = [
      ["conflict", 0.1],
      ["throttle", 0.05],
      ["breakBefore", 0.04],
      ["breakAfter", 0.04],
      ["timeoutBefore", 0.01],
      ["timeoutAfter", 0.01],
      ["withhold", 0.01],
    ];
    const proxy = await startFaultProxy(await dynamoDbEndpoint(), ({ operation }) => {
      if (operation !== "TransactWriteItems" && operation !== "PutItem") return undefined;
      return pick(odds, random());
    });
    onTestFinished(() => proxy.stop());
    const { shop, hold, level } = await stockedShop(proxy.endpoint);
    const { outcomes, done } = await race(shop, hold);
    expect(done).toBe(unitCount);
    expect(refusalCodes(outcomes)).toEqual(new Set(["insufficient_stock"]));
    expect(await level()).toMatchObject(soldOut);
    for (const call of proxy.withheld) await proxy.deliver(call);
    expect(await level(), "after the attempts that arrive late").toMatchObject(soldOut);
    for (const [fault] of odds) expect(proxy.injectedCounts[fault], fault).toBeGreaterThan(0);
  });
});

const refusalCodes = (outcomes: readonly Outcome<Reservation>[]) =>
  new Set(outcomes.flatMap((outcome) => (outcome.kind === "refused" ? [outcome.refusal.code] : [])));

function pick(odds: readonly [Fault, number][], drawn: number): Fault | undefined {
  let sum = 0;
  return odds.find(([, chance]) => {
    sum += chance;
    return drawn < sum;
  })?.[0];
}
