import { describe, expect, it } from "vitest";
import { limits } from "../../../contract/limits.ts";
import { generatedSource } from "./generated-source.ts";
import { groupInvoices, type Invoice } from "./invoice.ts";
import type { BadLine } from "./order-line.ts";
import { readOrderLines } from "./source.ts";

async function read(seed: number): Promise<{ invoices: Invoice[]; bad: BadLine[] }> {
  const bad: BadLine[] = [];
  const invoices: Invoice[] = [];
  for await (const invoice of groupInvoices(readOrderLines(generatedSource(seed), (found) => bad.push(found))))
    invoices.push(invoice);
  return { invoices, bad };
}

describe("generatedSource", () => {
  it.each([0, 1, 7, 0xffff_ffff])("makes at least 2,000 good lines with at most 200 items (seed %i)", async (seed) => {
    const { invoices, bad } = await read(seed);
    const lines = invoices.flatMap((invoice) => invoice.lines);
    expect(bad).toEqual([]);
    expect(lines.length).toBeGreaterThanOrEqual(2_000);
    expect(new Set(lines.map(({ sku }) => sku)).size).toBeGreaterThan(150);
    expect(new Set(lines.map(({ sku }) => sku)).size).toBeLessThanOrEqual(200);
    expect(lines.some(({ cancellation }) => cancellation)).toBe(true);
    expect(lines.some(({ cancellation, quantity }) => !cancellation && quantity < 0)).toBe(true);
    expect(
      invoices.some((invoice) => new Set(invoice.lines.map(({ sku }) => sku)).size > limits.levelsPerCommandMax),
    ).toBe(true);
  });

  it("makes the same lines from the same seed, and different lines from another seed", async () => {
    const [first, again, other] = await Promise.all([read(3), read(3), read(4)]);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
});
