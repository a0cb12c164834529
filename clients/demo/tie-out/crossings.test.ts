import { describe, expect, it } from "vitest";
import { LocationId, Sku } from "../../../contract/identifiers.ts";
import { crossingsOf } from "./crossings.ts";
import type { LedgerStep } from "./ledger.ts";
import { ledgerSteps } from "./level.fixture.ts";

const watch = { sku: Sku.parse("A"), location: LocationId.parse("LEEDS"), threshold: 5, clear: 10 };

/** Returns the steps of a level whose first change sets its policy. */
const watched = (...onHand: readonly number[]): LedgerStep[] =>
  ledgerSteps([{}, ...onHand.map((delta) => ({ onHand: delta }))]).map((step) => ({
    ...step,
    kind: step.version === 1 ? "policy" : "adjust",
  }));
const described = (steps: readonly LedgerStep[]) =>
  crossingsOf(watch, steps).map(({ type, version, available }) => `${type} ${version} ${available}`);

describe("crossingsOf", () => {
  it("runs low at the threshold, and runs low again only after it reached clear", () => {
    // Available by version: 0, 6, 20, 5, 9, 4, 10, 6, 5.
    expect(described(watched(6, 14, -15, 4, -5, 6, -4, -1))).toEqual([
      "StockRanLow 1 0",
      "StockRecovered 3 20",
      "StockRanLow 4 5",
      "StockRecovered 7 10",
      "StockRanLow 9 5",
    ]);
  });

  it("does not count reserved, damaged, held, safety or backorder quantities as available", () => {
    const steps = ledgerSteps([
      { onHand: 40, backorderLimit: 50 },
      {},
      { reserved: 10 },
      { damaged: 10 },
      { safety: 15 },
    ]);
    const kinds = ["receive", "policy", "reserve", "damage", "policy2"];
    expect(described(steps.map((step, index) => ({ ...step, kind: kinds[index] ?? "" })))).toEqual(["StockRanLow 5 5"]);
  });

  it("starts at the newest policy, and returns nothing for a level without one", () => {
    const again = watched(3, 20).map((step) => (step.version === 2 ? { ...step, kind: "policy" } : step));
    expect(described(again)).toEqual(["StockRanLow 2 3", "StockRecovered 3 23"]);
    expect(described(ledgerSteps([{ onHand: 1 }]))).toEqual([]);
  });

  it("returns each crossing with its event id, its time and its cause", () => {
    expect(crossingsOf(watch, watched())).toEqual([
      {
        id: "StockRanLow/stock/A/LEEDS/1",
        type: "StockRanLow",
        sku: "A",
        location: "LEEDS",
        version: 1,
        available: 0,
        kind: "policy",
        atMs: 10_000,
      },
    ]);
  });
});
