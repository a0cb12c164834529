import { describe, expect, it } from "vitest";
import { bucketOf } from "./replay/histogram.ts";
import { Journal, type RefusedLine } from "./replay/journal.ts";
import { reportReplay, reportTieOut } from "./report.ts";
import type { TieOut } from "./tie-out/tie-out.ts";

const refused: RefusedLine = {
  firstLine: 2,
  step: "hold0",
  invoice: "536365",
  line: 3,
  lineCount: 2,
  code: "insufficient_stock",
  sku: "85123A",
  location: "LEEDS",
  requested: 1_600,
  available: 2,
  fromMs: 1,
  toMs: 2,
};

const tieOut = (fields: Partial<TieOut>): TieOut => ({
  caughtUp: true,
  waitedMs: 3_000,
  levelCount: 2,
  changeCount: 10,
  archivedCount: 11,
  copyCount: 2,
  refusedCount: 1,
  search: { itemCount: 2, misspeltCount: 1 },
  events: { expectedCount: 5, cameCount: 5, repeatCount: 0, unheardCount: 0 },
  mailCount: 1,
  soldLowCount: 1,
  differences: [],
  ...fields,
});

describe("reportReplay", () => {
  it("reports sales, refusals with their reasons, rates and latencies", () => {
    const journal = Journal.open(":memory:");
    const result = {
      soldLines: 3,
      soldUnits: 30,
      soldValue: 1_234.5,
      returnedLines: 1,
      returnedUnits: 2,
      adjustedLines: 1,
      adjustedUnits: 9,
      refusedLines: 2,
    };
    const counts = new Map([
      [`latency/hold/${bucketOf(20)}`, 2],
      ["retry/503", 4],
      ["met", 5],
    ]);
    journal.addInvoice({ firstLine: 2, lineCount: 7 }, result, counts);
    journal.addRefused([refused]);
    const outcome = { interrupted: false, unexpected: [], lineCount: 7, elapsedMs: 2_000 };
    expect(reportReplay(journal, outcome)).toEqual([
      "",
      "replayed   1 invoice, 7 lines (4 lines/s over 2 s)",
      "sold       3 lines, 30 units, 1,234.50 in the file's currency",
      "returned   1 line, 2 units",
      "adjusted   1 line, 9 units written off",
      "refused    2 lines",
      "met        5 commands began on a level that another was changing",
      "",
      "  refused for         in    lines  requests",
      "  insufficient_stock  hold      2         1",
      "",
      "  line  invoice  sku     location  asked  available",
      "     3   536365  85123A  LEEDS     1,600          2",
      "",
      "  command  answers  p50 ms  p95 ms  p99 ms",
      "  hold           2      21      21      21",
      "asked again with the same key: 503 4 times",
    ]);
    journal.close();
  });
});

describe("reportTieOut", () => {
  it("reports what was compared when everything ties out", () => {
    const lines = reportTieOut(tieOut({}));
    expect(lines[1]).toBe(
      "tie-out    2 levels, 10 changes, 11 archived records, 1 refusal; the pipeline caught up in 3 s",
    );
    expect(lines[2]).toMatch(
      /^ties out {3}table = sum of audit.movement = reporting.stock_level = archive = cache \(2 of its levels\); /,
    );
    expect(lines[2]).toContain(
      "; search finds 2 items and 1 misspelt name; 5 events delivered as made; 1 mail, one each time that a level ran low",
    );
    const events = { expectedCount: 1_000, cameCount: 1_000, repeatCount: 3, unheardCount: 2 };
    expect(reportTieOut(tieOut({ events }))[2]).toContain(
      "; 1,000 events delivered as made (3 came again, 2 more fell into an interruption); ",
    );
  });

  it("prints every difference with its level, at most the first twenty", () => {
    const differences = Array.from({ length: 25 }, (_, index) => ({ subject: `S${index} at LEEDS`, what: "differs" }));
    const lines = reportTieOut(tieOut({ caughtUp: false, differences }));
    expect(lines[1]).toContain("did not catch up");
    expect(lines[2]).toMatch(/^DIFFERS {4}25 differences/);
    expect([lines[3], lines.at(-1)]).toEqual(["  S0 at LEEDS: differs", "  and 5 more"]);
    expect(lines).toHaveLength(24);
  });
});
