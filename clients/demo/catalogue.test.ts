import { describe, expect, it } from "vitest";
import { ItemPut } from "../../contract/catalogue.ts";
import { limits } from "../../contract/limits.ts";
import { MovementCommand } from "../../contract/movement.ts";
import { items, openingStock } from "./catalogue.ts";

describe("the demo catalogue", () => {
  it("holds the level that the README's first request reads", () => {
    expect(openingStock).toContainEqual({ sku: "TEA-MUG-RED", location: "LEEDS", quantity: 120 });
  });

  it("fits one command, with each item once at every location", () => {
    const body = { kind: "receive", lines: openingStock };
    expect(MovementCommand.safeParse(body).error).toBeUndefined();
    expect(new Set(openingStock.map(({ sku, location }) => `${sku}/${location}`)).size).toBe(items.length * 3);
    expect(openingStock.length).toBeLessThanOrEqual(limits.levelsPerCommandMax);
  });

  it("has items that the contract accepts, each with a unique valid barcode", () => {
    for (const { name, barcode } of items) {
      expect(ItemPut.safeParse({ name, barcodes: [barcode] }).error).toBeUndefined();
      const sum = [...barcode].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
      expect([barcode.length, sum % 10]).toEqual([13, 0]);
    }
    expect(new Set(items.map(({ barcode }) => barcode)).size).toBe(items.length);
  });
});
