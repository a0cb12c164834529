import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWatched, levelChanges, type Step } from "../../test/support/level-events.ts";
import { type Alert, advance, type LevelChanged, patienceMs } from "./judge.ts";

const lowStock = { threshold: 5, clear: 10 };
const watched = (...quantities: readonly number[]): readonly LevelChanged[] =>
  levelChanges(
    "MUG",
    quantities.map((available) => ({ available, lowStock })),
  ).map(({ detail }) => detail);
const told = (alert: Alert | undefined) => alert?.raised.map(({ type, detail }) => `${type} ${detail.version}`) ?? [];
const judged = (changes: readonly LevelChanged[], nowMs = 0) => told(advance(undefined, changes, nowMs));

describe("advance", () => {
  it("raises StockRanLow at the threshold and StockRecovered at clear, with hysteresis between them", () => {
    expect(judged(watched(6, 5, 4, 9, 5, 10, 9, 6, 5))).toEqual(["StockRanLow 2", "StockRecovered 6", "StockRanLow 9"]);
  });

  it("raises StockRanLow immediately when a new policy finds the level low", () => {
    expect(judged(watched(3))).toEqual(["StockRanLow 1"]);
  });

  it("resets when the policy is removed, and starts again with the next one", () => {
    const steps: Step[] = [{ available: 3, lowStock }, { available: 3 }, { available: 3, lowStock }];
    const changes = levelChanges("MUG", steps).map(({ detail }) => detail);
    expect(judged(changes)).toEqual(["StockRanLow 1", "StockRanLow 3"]);
  });

  it("makes a change wait for the one before it, for a limited time", () => {
    const [first, , third] = watched(8, 20, 4);
    if (!first || !third) throw new Error("three changes");
    const waiting = advance(undefined, [first, third], 0);
    expect([waiting?.version, waiting?.waiting.length, told(waiting)]).toEqual([1, 1, []]);
    expect(told(advance(waiting, [], patienceMs - 1))).toEqual([]);
    expect(told(advance(waiting, [], patienceMs))).toEqual(["StockRanLow 3"]);
  });

  it("raises the same events when changes are repeated and reordered", () => {
    const step = fc.record({
      available: fc.integer({ min: -3, max: 15 }),
      lowStock: fc.constantFrom(lowStock, lowStock, lowStock, { threshold: 2, clear: 8 }),
    });
    const history = fc.array(step, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat({ max: 1_000 })), (steps, picks) => {
        const changes = levelChanges("MUG", [{ available: 9 }, ...steps])
          .filter(isWatched)
          .map(({ detail }) => detail);
        const expected = judged(changes);
        // Every change arrives at least once and some twice, in any order and in batches of any size.
        const repeated = [...changes, ...changes.filter(() => (picks.next().value ?? 0) % 3 === 0)];
        const order = repeated.map((change) => ({ change, at: picks.next().value ?? 0 }));
        const deliveries = order.sort((left, right) => left.at - right.at).map(({ change }) => change);
        let alert: Alert | undefined;
        while (deliveries.length > 0) {
          alert = advance(alert, deliveries.splice(0, 1 + ((picks.next().value ?? 0) % 4)), 0);
        }
        expect(told(alert)).toEqual(expected);
        expect(alert?.waiting).toEqual([]);
      }),
    );
  });
});
