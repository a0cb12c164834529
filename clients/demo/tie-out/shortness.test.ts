import { describe, expect, it } from "vitest";
import type { RefusedLine } from "../replay/journal.ts";
import { ledgerSteps } from "./level.fixture.ts";
import { shortnessProblem } from "./shortness.ts";

/** Versions at 10 s, 20 s, 30 s: sellable 10, then 4, then 9. Before the first: 0. */
const steps = ledgerSteps([{ onHand: 10 }, { onHand: -6 }, { onHand: 5 }]).map((step) => ({
  ...step,
  atMs: step.version * 10_000,
}));

const refused = (fields: Partial<RefusedLine>): RefusedLine => ({
  firstLine: 2,
  step: "hold0",
  invoice: "536365",
  line: 3,
  lineCount: 1,
  code: "insufficient_stock",
  sku: "A",
  location: "LEEDS",
  requested: 6,
  available: 4,
  fromMs: 25_000,
  toMs: 25_100,
  ...fields,
});

describe("shortnessProblem", () => {
  it.each([
    ["within its window", {}],
    ["at the end of its window", { fromMs: 15_000, toMs: 21_000 }],
    ["by a change whose clock time is just after the window", { fromMs: 18_900, toMs: 19_000 }],
    ["by a change that took effect late", { fromMs: 31_000, toMs: 31_100 }],
    ["after the last change", { fromMs: 90_000, toMs: 90_100, requested: 10, available: 9 }],
    ["before the first change", { fromMs: 1_000, toMs: 1_100, requested: 1, available: 0 }],
    ["when the answer named no quantity", { available: null }],
  ])("agrees that a line was short %s", (_what, fields) => {
    expect(shortnessProblem(refused(fields), steps)).toBeUndefined();
  });

  it("agrees at a level that never moved", () => {
    expect(shortnessProblem(refused({ requested: 1, available: 0 }), [])).toBeUndefined();
  });

  it.each([
    [
      "enough stock was there all the time",
      { requested: 4 },
      "line 3 (invoice 536365) was refused 4, but at least 4 were sellable all the time",
    ],
    [
      "it was short only before and after",
      { fromMs: 14_000, toMs: 14_100 },
      "line 3 (invoice 536365) was refused 6, but at least 10 were sellable all the time",
    ],
    [
      "the answered quantity was never there",
      { available: 3 },
      "line 3 (invoice 536365) was refused 6 with 3 available, but sellable was 4",
    ],
  ])("objects when %s", (_what, fields, problem) => {
    expect(shortnessProblem(refused(fields), steps)).toBe(problem);
  });

  it("orders steps by version when a later version has an earlier time", () => {
    const skewed = steps.map((step) => (step.version === 3 ? { ...step, atMs: 19_500 } : step));
    expect(shortnessProblem(refused({ fromMs: 20_500, toMs: 20_600 }), skewed)).toBeUndefined();
  });
});
