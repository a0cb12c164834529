import type { Report } from "@holdfast/sdk";
import { formatName } from "../format.ts";
import type { Series } from "./time-chart.tsx";

type Rows = Report["rows"];

/** Numbers that say something when they are added up. */
const notMeasures = new Set(["version"]);
const BARS_MAX = 12;

export type ReportChartData =
  | {
      readonly kind: "time";
      readonly by: string;
      readonly times: readonly number[];
      readonly series: readonly Series[];
    }
  | { readonly kind: "bars"; readonly by: string; readonly bars: readonly { name: string; value: number }[] };

/** Columns of numbers, those that have any first. */
export function measuresOf(columns: readonly string[], rows: Rows): string[] {
  const numeric = columns.filter(
    (column) => !notMeasures.has(column) && rows.some((row) => typeof row[column] === "number"),
  );
  const isEmpty = (column: string) => rows.every((row) => !row[column]);
  return numeric.toSorted((a, b) => Number(isEmpty(a)) - Number(isEmpty(b)));
}

/** Adds a measure up by day where there are days, else by the first column of words. */
export function chartOf(columns: readonly string[], rows: Rows, measure: string): ReportChartData | undefined {
  const day = columns.find((column) => /(^|_)(on|day)$/.test(column)) ?? columns.find((column) => column === "at");
  const by = day ?? columns.find((column) => typeof rows[0]?.[column] === "string");
  if (by === undefined) return undefined;
  const sums = new Map<string, number>();
  for (const row of rows) {
    const value = row[measure];
    const key = String(row[by] ?? "").slice(0, day === undefined ? undefined : 10);
    if (typeof value === "number") sums.set(key, (sums.get(key) ?? 0) + value);
  }
  if (day === undefined || sums.size < 2) {
    const bars = [...sums].map(([name, value]) => ({ name, value })).sort((a, b) => b.value - a.value);
    return { kind: "bars", by, bars: bars.slice(0, BARS_MAX) };
  }
  const days = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  const times = days.map(([key]) => Date.parse(key) / 1_000);
  return { kind: "time", by: day, times, series: [{ label: formatName(measure), values: days.map(([, sum]) => sum) }] };
}
