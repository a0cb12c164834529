import { describe, expect, it } from "vitest";
import type { Invoice } from "./invoice.ts";
import { Survey } from "./opening-stock.ts";
import { orderLine } from "./order-line.fixture.ts";

const invoices: Invoice[] = Array.from({ length: 300 }, (_, index) => ({
  number: `${index}`,
  firstLine: index * 2 + 2,
  lines: [
    orderLine({
      line: index * 2 + 2,
      sku: `S${index % 40}`,
      quantity: 10,
      country: index % 3 === 0 ? "France" : "United Kingdom",
    }),
    orderLine({ line: index * 2 + 3, sku: "RETURNED", quantity: -10, invoice: `C${index}` }),
  ],
}));

function surveyed(seed: number): Survey {
  const survey = new Survey(seed);
  for (const invoice of invoices) survey.add(invoice);
  return survey;
}

function demand(seed: number): Map<string, number> {
  const plain = new Map<string, number>();
  for (const { sku, location, quantity } of surveyed(seed).openingStock()) plain.set(`${sku}/${location}`, quantity);
  return plain;
}

describe("Survey", () => {
  it("plans stock for sold items at every location that sells them, and for nothing else", () => {
    const opening = surveyed(1).openingStock();
    expect(new Set(opening.map(({ location }) => location))).toEqual(new Set(["LEEDS", "BRISTOL", "ROTTERDAM"]));
    expect(opening.some(({ sku }) => sku === "RETURNED")).toBe(false);
    expect(surveyed(1)).toMatchObject({ invoiceCount: 300, lineCount: 600 });
  });

  it("plans stock for items that are written off, too", () => {
    const survey = new Survey(1);
    survey.add({ number: "1", firstLine: 2, lines: [orderLine({ sku: "LOST", quantity: -1_000 })] });
    expect(survey.openingStock()).toEqual([expect.objectContaining({ sku: "LOST" })]);
  });

  it("plans too little at some levels and enough at most, decided by the seed", () => {
    const stock = [...demand(1).values()].reduce((sum, quantity) => sum + quantity, 0);
    expect(stock).toBeGreaterThan(3_000 * 0.8);
    expect(stock).toBeLessThan(3_000 * 1.25);
    expect(demand(1)).toEqual(demand(1));
    expect(demand(1)).not.toEqual(demand(2));
  });

  it("plans less than the demand at some levels (every seed)", () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const one = new Survey(seed);
      // One location, forty items, a demand of 10 each: a level that opens below 10 must refuse.
      for (let sku = 0; sku < 40; sku += 1) {
        one.add({
          number: `${sku}`,
          firstLine: sku,
          lines: [orderLine({ sku: `S${sku}`, quantity: 10, country: "France" })],
        });
      }
      const short = one.openingStock().filter(({ quantity }) => quantity < 10).length;
      expect(short).toBeGreaterThan(0);
      expect(short).toBeLessThan(25);
    }
  });

  it("names items by their last description that is not empty, cut to 200 characters, or by the sku", () => {
    const survey = new Survey(1);
    const lines = [
      orderLine({ sku: "A", description: "" }),
      orderLine({ sku: "B", description: "first" }),
      orderLine({ sku: "B", description: "x".repeat(300) }),
      orderLine({ sku: "B", description: "" }),
    ];
    survey.add({ number: "1", firstLine: 2, lines });
    expect([...survey.names]).toEqual([
      ["A", "A"],
      ["B", "x".repeat(200)],
    ]);
  });
});
