import { describe, expect, it } from "vitest";
import { reportViews } from "./report-view.ts";

describe("reportViews", () => {
  it("adds up sales by day, with 0 on days without sales and negative values for returns", () => {
    const rows = [
      { sold_on: "2026-02-28", sku: "MUG", location: "north", fulfilled: 3, returned: 0, net: 3 },
      { sold_on: "2026-03-02", sku: "CUP", location: "north", fulfilled: 5, returned: 1, net: 4 },
      { sold_on: "2026-03-02", sku: "MUG", location: "south", fulfilled: 1, returned: 1, net: 0 },
    ];
    const view = reportViews["sales-by-day"];
    expect(view.chart(rows)).toMatchObject({
      kind: "days",
      days: ["2026-02-28", "2026-03-01", "2026-03-02"],
      series: [
        { label: "Fulfilled", as: "bars", values: [3, 0, 6] },
        { label: "Returned", as: "bars", values: [0, 0, -2] },
      ],
    });
    expect(view.figures(rows).map(({ value }) => value)).toEqual(["7", "9", "2", "2"]);
  });

  it("weights the total sell-through by stock, and leaves out levels that had none", () => {
    const rows = [
      { sku: "MUG", location: "north", opening: 6, received: 5, sold: 3, sell_through: 0.2727 },
      { sku: "MUG", location: "south", opening: 0, received: 89, sold: 62, sell_through: 0.6966 },
      { sku: "CUP", location: "north", opening: 0, received: 0, sold: 0, sell_through: null },
    ];
    const view = reportViews["sell-through"];
    expect(view.figures(rows)[0]).toEqual({ label: "Sell-through", value: "65%" });
    expect(view.chart(rows)).toMatchObject({
      bars: [
        { name: "MUG · south", value: 0.6966 },
        { name: "MUG · north", value: 0.2727 },
      ],
    });
  });

  it("weights the total stock-out rate by observed time, and lists levels with a stock-out, the worst first", () => {
    const rows = [
      { sku: "MUG", location: "north", observed_days: 30, stockout_days: 0, stockout_rate: 0 },
      { sku: "CUP", location: "north", observed_days: 10, stockout_days: 5, stockout_rate: 0.5 },
    ];
    const view = reportViews["stockout-rate"];
    expect(view.figures(rows).map(({ value }) => value)).toEqual(["12.5%", "1", "2", "5"]);
    expect(view.chart(rows)).toMatchObject({ unit: "share", bars: [{ name: "CUP · north", value: 0.5 }] });
  });

  it("shows one item by location, and several items by item (stock-on-hand)", () => {
    const row = (sku: string, location: string, available: number) => ({
      sku,
      location,
      available,
      sellable: available,
    });
    const { chart } = reportViews["stock-on-hand"];
    expect(chart([row("MUG", "north", 2), row("MUG", "south", 3)])).toMatchObject({
      bars: [{ name: "south" }, { name: "north" }],
    });
    expect(chart([row("MUG", "north", 2), row("CUP", "north", 9), row("MUG", "south", 3)])).toMatchObject({
      bars: [
        { name: "CUP", value: 9 },
        { name: "MUG", value: 5 },
      ],
    });
  });
});
