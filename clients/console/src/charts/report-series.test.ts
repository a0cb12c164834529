import { describe, expect, it } from "vitest";
import { chartOf, measuresOf } from "./report-series.ts";

const sales = [
  { sold_on: "2026-01-02", sku: "MUG", sold: 3, lost: 0 },
  { sold_on: "2026-01-01", sku: "MUG", sold: 4, lost: 0 },
  { sold_on: "2026-01-02", sku: "CUP", sold: 5, lost: 0 },
];

describe("chartOf", () => {
  it("adds up by day, in the order of days", () => {
    expect(chartOf(["sold_on", "sku", "sold", "lost"], sales, "sold")).toEqual({
      kind: "time",
      by: "sold_on",
      times: [Date.parse("2026-01-01") / 1_000, Date.parse("2026-01-02") / 1_000],
      series: [{ label: "Sold", values: [4, 8] }],
    });
  });

  it("shows the largest first where there are no days, or one alone", () => {
    const bars = {
      kind: "bars",
      by: "sku",
      bars: [
        { name: "MUG", value: 7 },
        { name: "CUP", value: 5 },
      ],
    };
    expect(chartOf(["sku", "sold"], sales, "sold")).toEqual(bars);
    expect(chartOf(["sold_on", "sold"], sales.slice(0, 1), "sold")).toMatchObject({ kind: "bars" });
  });

  it("offers columns of numbers, those with any first, and no version", () => {
    expect(
      measuresOf(
        ["sku", "lost", "sold", "version"],
        sales.map((row) => ({ ...row, version: 1 })),
      ),
    ).toEqual(["sold", "lost"]);
  });
});
