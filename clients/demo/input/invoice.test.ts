import { describe, expect, it } from "vitest";
import { LocationId } from "../../../contract/identifiers.ts";
import { limits } from "../../../contract/limits.ts";
import { groupInvoices, type Invoice, invoiceLinesMax, planInvoice } from "./invoice.ts";
import { orderLine } from "./order-line.fixture.ts";
import type { OrderLine } from "./order-line.ts";

const leeds = LocationId.parse("LEEDS");

async function group(lines: readonly OrderLine[]): Promise<Invoice[]> {
  async function* given() {
    yield* lines;
  }
  const invoices: Invoice[] = [];
  for await (const invoice of groupInvoices(given())) invoices.push(invoice);
  return invoices;
}

const invoice = (lines: readonly OrderLine[]): Invoice => ({ number: "536365", firstLine: 2, lines });

describe("groupInvoices", () => {
  it("groups consecutive lines, and starts another invoice when a number appears again later", async () => {
    const lines = ["1", "1", "2", "1"].map((number, index) => orderLine({ invoice: number, line: index + 2 }));
    expect((await group(lines)).map(({ number, firstLine, lines }) => [number, firstLine, lines.length])).toEqual([
      ["1", 2, 2],
      ["2", 4, 1],
      ["1", 5, 1],
    ]);
  });

  it("returns no invoice when there are no lines", async () => {
    expect(await group([])).toEqual([]);
  });

  it("splits an invoice that has too many lines", async () => {
    const lines = Array.from({ length: invoiceLinesMax + 1 }, (_, index) => orderLine({ line: index + 2 }));
    expect((await group(lines)).map(({ firstLine, lines }) => [firstLine, lines.length])).toEqual([
      [2, invoiceLinesMax],
      [invoiceLinesMax + 2, 1],
    ]);
  });
});

describe("planInvoice", () => {
  it("merges duplicate lines in order of first appearance and keeps both as sources", () => {
    const lines = [
      orderLine({ line: 2, sku: "B" }),
      orderLine({ line: 3, sku: "A" }),
      orderLine({ line: 4, sku: "B", quantity: 4 }),
    ];
    const plan = planInvoice(invoice(lines), leeds);
    expect(
      plan.holds.map((part) =>
        part.map(({ sku, location, quantity, sources }) => [sku, location, quantity, sources.length]),
      ),
    ).toEqual([
      [
        ["B", "LEEDS", 10, 2],
        ["A", "LEEDS", 6, 1],
      ],
    ]);
    expect([plan.returns, plan.adjusts]).toEqual([[], []]);
  });

  it("turns a cancellation into a return with positive quantities", () => {
    const plan = planInvoice(invoice([orderLine({ invoice: "C1", quantity: -4 })]), leeds);
    expect([plan.holds.length, plan.returns[0]?.[0]?.quantity, plan.adjusts.length]).toEqual([0, 4, 0]);
  });

  it("turns any other negative line into an adjustment, next to the sales of the same invoice", () => {
    const plan = planInvoice(invoice([orderLine({ quantity: -4 }), orderLine({ quantity: 3 })]), leeds);
    expect([plan.holds[0]?.[0]?.quantity, plan.adjusts[0]?.[0]?.quantity]).toEqual([3, -4]);
  });

  it.each([
    [90, [90]],
    [91, [90, 1]],
    [200, [90, 90, 20]],
  ])("splits %i levels into reservations of %j", (count, sizes) => {
    const lines = Array.from({ length: count }, (_, index) => orderLine({ sku: `S${index}` }));
    expect(planInvoice(invoice(lines), leeds).holds.map((part) => part.length)).toEqual(sizes);
  });

  it("does not merge above the largest quantity, and never names a level twice in one command", () => {
    const plan = planInvoice(invoice([orderLine({ quantity: limits.quantityMax }), orderLine({ quantity: 1 })]), leeds);
    expect(plan.holds.map((part) => part.map(({ quantity }) => quantity))).toEqual([[limits.quantityMax], [1]]);
  });

  it("puts a line of more than a million units alone in its command", () => {
    const quantities = [5, 1_000_001, 7, 8];
    const lines = quantities.map((quantity, index) => orderLine({ sku: `S${index}`, quantity }));
    expect(planInvoice(invoice(lines), leeds).holds.map((part) => part.map(({ quantity }) => quantity))).toEqual([
      [5],
      [1_000_001],
      [7, 8],
    ]);
  });
});
