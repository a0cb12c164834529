import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LocationId, Sku } from "../../../contract/identifiers.ts";
import { type InvoiceResult, Journal, type RefusedLine } from "./journal.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-demo-"));
  path = join(folder, "demo", "run.sqlite");
});
afterEach(() => rmSync(folder, { recursive: true }));

const result = (fields: Partial<InvoiceResult> = {}): InvoiceResult => ({
  soldLines: 2,
  soldUnits: 8,
  soldValue: 10.5,
  returnedLines: 0,
  returnedUnits: 0,
  adjustedLines: 0,
  adjustedUnits: 0,
  refusedLines: 1,
  ...fields,
});

const refused = (fields: Partial<RefusedLine> = {}): RefusedLine => ({
  firstLine: 2,
  step: "hold0",
  invoice: "536365",
  line: 3,
  lineCount: 1,
  code: "insufficient_stock",
  sku: "A",
  location: "LEEDS",
  requested: 6,
  available: 2,
  fromMs: 1_000,
  toMs: 1_010,
  ...fields,
});

/** Opens the journal, works on it and closes it, like one of several processes in turn. */
function within<Value>(work: (journal: Journal) => Value): Value {
  const journal = Journal.open(path);
  try {
    return work(journal);
  } finally {
    journal.close();
  }
}

describe("Journal", () => {
  it("keeps facts, invoices, counts and refusals for the next process", () => {
    within((journal) => {
      journal.setFact("id", "demo-1");
      journal.addInvoice({ firstLine: 2, lineCount: 3 }, result(), new Map([["met", 4]]));
      journal.addRefused([refused()]);
    });
    within((journal) => {
      journal.addInvoice({ firstLine: 5, lineCount: 1 }, result({ soldUnits: 1 }), new Map([["met", 1]]));
      expect(journal.fact("id")).toBe("demo-1");
      expect([2, 5, 6].map((firstLine) => journal.hasInvoice(firstLine))).toEqual([true, true, false]);
      expect(journal.totals()).toMatchObject({
        invoiceCount: 2,
        lineCount: 4,
        soldLines: 4,
        soldUnits: 9,
        soldValue: 21,
      });
      expect(journal.counters("met")).toEqual(new Map([["", 5]]));
      expect(journal.refusedOf(2, "hold0")).toEqual([refused()]);
      expect(journal.refusedOf(2, "hold1")).toEqual([]);
    });
  });

  it("counts an invoice once when it is added more than once", () => {
    within((journal) => {
      for (let time = 0; time < 2; time += 1) journal.addInvoice({ firstLine: 2, lineCount: 3 }, result(), new Map());
      expect(journal.totals()).toMatchObject({ invoiceCount: 1, soldLines: 2 });
    });
  });

  it("keeps the first of equal refusals, with the time window of the first refused request", () => {
    within((journal) => {
      journal.addRefused([refused()]);
      journal.addRefused([refused({ fromMs: 9_000, toMs: 9_010 })]);
      expect(journal.refusedAt("A", "LEEDS")).toEqual([refused()]);
    });
  });

  it("plans the opening stock once", () => {
    const line = { sku: Sku.parse("A"), location: LocationId.parse("LEEDS"), quantity: 5 };
    expect(within((journal) => journal.opening(() => [line]))).toEqual([line]);
    expect(within((journal) => journal.opening(() => expect.unreachable("planned twice")))).toEqual([line]);
  });

  it("sums refusals by reason and command", () => {
    within((journal) => {
      journal.addRefused([
        refused({ step: "hold0", lineCount: 2 }),
        refused({ step: "hold11", sku: "B" }),
        refused({ step: "return0", code: "quantity_limit", available: null }),
      ]);
      expect(journal.refusals()).toEqual([
        { code: "insufficient_stock", command: "hold", count: 2, lines: 3 },
        { code: "quantity_limit", command: "return", count: 1, lines: 1 },
      ]);
      expect(journal.refusedLevels()).toEqual([
        { sku: "A", location: "LEEDS" },
        { sku: "B", location: "LEEDS" },
      ]);
    });
  });

  it("can be open in one process only", () => {
    within(() => {
      expect(() => Journal.open(path)).toThrow(/another demo is at work on this run/);
    });
    within((journal) => expect(journal.fact("id")).toBeUndefined());
  });
});
