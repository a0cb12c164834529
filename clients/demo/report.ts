import { duration } from "./progress.ts";
import type { Journal } from "./replay/journal.ts";
import type { ReplayOutcome } from "./replay/replay.ts";
import { readLatencies } from "./replay/session.ts";
import type { TieOut } from "./tie-out/tie-out.ts";

const differencesShownMax = 20;
const refusalsShownMax = 8;

/** Renders a count with its noun: `1 line`, `2 lines`. */
const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;

const count = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 0 });

/** Renders what the whole run did, resumed parts included, from the journal. */
export function reportReplay(journal: Journal, outcome: ReplayOutcome): string[] {
  const totals = journal.totals();
  const seconds = outcome.elapsedMs / 1_000;
  const rate =
    outcome.lineCount === 0 ? "" : ` (${counted(outcome.lineCount / seconds, "line")}/s over ${duration(seconds)})`;
  const met = journal.counters("met").get("") ?? 0;
  return [
    "",
    `replayed   ${counted(totals.invoiceCount, "invoice")}, ${counted(totals.lineCount, "line")}${rate}`,
    `sold       ${counted(totals.soldLines, "line")}, ${counted(totals.soldUnits, "unit")}, ${totals.soldValue.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })} in the file's currency`,
    `returned   ${counted(totals.returnedLines, "line")}, ${counted(totals.returnedUnits, "unit")}`,
    `adjusted   ${counted(totals.adjustedLines, "line")}, ${counted(totals.adjustedUnits, "unit")} written off`,
    `refused    ${counted(totals.refusedLines, "line")}`,
    `met        ${counted(met, "command")} began on a level that another was changing`,
    ...reportRefusals(journal),
    ...reportLatencies(journal),
  ];
}

function reportRefusals(journal: Journal): string[] {
  const refusals = journal.refusals();
  if (refusals.length === 0) return [];
  return [
    "",
    ...table(
      ["refused for", "in", "lines", "requests"],
      refusals.map((row) => [row.code, row.command, count(row.lines), count(row.count)]),
    ),
    "",
    ...table(
      ["line", "invoice", "sku", "location", "asked", "available"],
      journal
        .refusalExamples(refusalsShownMax)
        .map((line) => [
          String(line.line),
          line.invoice,
          line.sku,
          line.location,
          count(line.requested),
          line.available === null ? "" : count(line.available),
        ]),
    ),
  ];
}

function reportLatencies(journal: Journal): string[] {
  const rows = [...readLatencies(journal)].map(([command, histogram]) => [
    command,
    count(histogram.count),
    ...[0.5, 0.95, 0.99].map((share) => count(histogram.percentileMs(share))),
  ]);
  const retries = [...journal.counters("retry/")].map(([why, times]) => `${why} ${count(times)} times`);
  return [
    "",
    ...table(["command", "answers", "p50 ms", "p95 ms", "p99 ms"], rows),
    ...(retries.length === 0 ? [] : [`asked again with the same key: ${retries.join(", ")}`]),
  ];
}

/** Renders the verdict: what was compared, and the differences with their subjects. */
export function reportTieOut(result: TieOut): string[] {
  const { differences } = result;
  const compared = `${counted(result.levelCount, "level")}, ${counted(result.changeCount, "change")}, ${counted(result.archivedCount, "archived record")}, ${counted(result.refusedCount, "refusal")}`;
  const waited = `the pipeline ${result.caughtUp ? "caught up" : "did not catch up"} in ${duration(result.waitedMs / 1_000)}`;
  const head = ["", `tie-out    ${compared}; ${waited}`];
  if (differences.length === 0) {
    return [
      ...head,
      `ties out   ${places(result)}; no sellable below zero, no version missing, every refused line was short; ${checks(result)}`,
    ];
  }
  const rest = differences.length - differencesShownMax;
  return [
    ...head,
    `DIFFERS    ${counted(differences.length, "difference")} (expected: ${places(result)}; ${checks(result)})`,
    ...differences
      .slice(0, differencesShownMax)
      .map(({ subject, what }) => `  ${subject === "" ? "" : `${subject}: `}${what}`),
    ...(rest > 0 ? [`  and ${count(rest)} more`] : []),
  ];
}

const places = ({ copyCount }: TieOut): string =>
  `table = sum of audit.movement = reporting.stock_level = archive = cache (${count(copyCount)} of its levels)`;

/** Renders the results of the checks of search, events and mails. */
function checks({ search, events, mailCount }: TieOut): string {
  const misspelt = `${counted(search.misspeltCount, "misspelt name")}`;
  const notes = [
    ...(events.repeatCount > 0 ? [`${count(events.repeatCount)} came again`] : []),
    ...(events.unheardCount > 0 ? [`${count(events.unheardCount)} more fell into an interruption`] : []),
  ];
  return [
    `search finds ${counted(search.itemCount, "item")} and ${misspelt}`,
    `${counted(events.cameCount, "event")} delivered as made${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`,
    `${counted(mailCount, "mail")}, one each time that a level ran low`,
  ].join("; ");
}

/** Renders a table. Each column is as wide as its longest cell; numbers are aligned right, other cells left. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const numeric = header.map((_, column) => rows.every((row) => /^[\d.,]*$/.test(row[column] ?? "")));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (numeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return [header, ...rows].map((cells) => `  ${line(cells)}`);
}
