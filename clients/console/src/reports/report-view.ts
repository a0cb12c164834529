import type { Report } from "@holdfast/sdk";
import type { Bar } from "../charts/bar-list.tsx";
import type { Series } from "../charts/time-chart.tsx";
import { formatName, formatQuantity, formatShare } from "../format.ts";
import { daysBetween, type Period } from "./period.ts";

export type Rows = Report["rows"];

export interface Figure {
  readonly label: string;
  readonly value: string;
}

export type ReportChartData =
  | { readonly kind: "days"; readonly title: string; readonly days: readonly string[]; readonly series: Series[] }
  | { readonly kind: "bars"; readonly title: string; readonly unit: "quantity" | "share"; readonly bars: Bar[] };

/** The presentation of a report: its default period, its headline figures and its chart. */
export interface ReportView {
  readonly label: string;
  readonly period: Period;
  readonly figures: (rows: Rows) => Figure[];
  readonly chart: (rows: Rows) => ReportChartData;
}

const barsMax = 12;

export const reportViews: Readonly<Record<Report["name"], ReportView>> = {
  "stock-on-hand": {
    label: "Stock now",
    period: { kind: "all" },
    figures: (rows) => [
      quantity("Available", sum(rows, "available")),
      quantity("On hand", sum(rows, "on_hand")),
      quantity("Reserved", sum(rows, "reserved")),
      quantity("Levels out of stock", rows.filter((row) => number(row, "sellable") <= 0).length),
    ],
    chart: (rows) => {
      const by = new Set(rows.map(({ sku }) => sku)).size === 1 ? "location" : "sku";
      const sums = sumsBy(rows, (row) => String(row[by]), "available");
      return bars(`Available by ${by === "sku" ? "SKU" : by}, the most first`, "quantity", sums);
    },
  },
  "stock-on-hand-daily": {
    label: "Stock by day",
    period: { kind: "last", dayCount: 30 },
    figures: (rows) => {
      const days = daysBetween(rows.map(({ closed_on }) => String(closed_on)));
      const on = (day: string | undefined, name: string) =>
        sum(
          rows.filter(({ closed_on }) => closed_on === day),
          name,
        );
      const [first, last] = [days[0], days.at(-1)];
      return [
        quantity("Available at the end", on(last, "available")),
        quantity("On hand at the end", on(last, "on_hand")),
        quantity("On hand at first", on(first, "on_hand")),
        quantity("Days", days.length),
      ];
    },
    chart: (rows) =>
      overDays("Stock at each day's end", rows, "closed_on", [
        { label: "On hand", column: "on_hand" },
        { label: "Available", column: "available" },
      ]),
  },
  "sales-by-day": {
    label: "Sales",
    period: { kind: "last", dayCount: 30 },
    figures: (rows) => [
      quantity("Sold, net", sum(rows, "net")),
      quantity("Fulfilled", sum(rows, "fulfilled")),
      quantity("Returned", sum(rows, "returned")),
      quantity("Days with sales", new Set(rows.map(({ sold_on }) => sold_on)).size),
    ],
    chart: (rows) =>
      overDays("Fulfilled, and returned below the line", rows, "sold_on", [
        { label: "Fulfilled", column: "fulfilled", as: "bars" },
        { label: "Returned", column: "returned", as: "bars", sign: -1 },
      ]),
  },
  "sell-through": {
    label: "Sell-through",
    period: { kind: "last", dayCount: 30 },
    figures: (rows) => {
      const there = sum(rows, "opening") + sum(rows, "received");
      return [
        { label: "Sell-through", value: there > 0 ? formatShare(sum(rows, "sold") / there) : "–" },
        quantity("Sold, net", sum(rows, "sold")),
        quantity("Opening stock", sum(rows, "opening")),
        quantity("Received", sum(rows, "received")),
      ];
    },
    chart: (rows) => bars("Sell-through by level, the highest first", "share", shares(rows, "sell_through")),
  },
  "stockout-rate": {
    label: "Stock-outs",
    period: { kind: "last", dayCount: 30 },
    figures: (rows) => {
      const observed = sum(rows, "observed_days");
      return [
        { label: "Stock-out rate", value: observed > 0 ? formatShare(sum(rows, "stockout_days") / observed) : "–" },
        quantity("Levels ever out", rows.filter((row) => number(row, "stockout_days") > 0).length),
        quantity("Levels", rows.length),
        quantity("Days out, all levels", Math.round(sum(rows, "stockout_days") * 10) / 10),
      ];
    },
    chart: (rows) => {
      const everOut = rows.filter((row) => number(row, "stockout_rate") > 0);
      return bars("Stock-out rate by level, the worst first", "share", shares(everOut, "stockout_rate"));
    },
  },
  "movement-ledger": {
    label: "Movements",
    period: { kind: "last", dayCount: 7 },
    figures: (rows) => {
      const moved = (sign: 1 | -1) =>
        rows.reduce((all, row) => all + Math.max(0, sign * number(row, "on_hand_delta")), 0);
      return [
        quantity("Movements", rows.length),
        quantity("Came in", moved(1)),
        quantity("Went out", moved(-1)),
        quantity("Levels", new Set(rows.map(levelOf)).size),
      ];
    },
    chart: (rows) => {
      const counts = new Map<string, number>();
      for (const { kind } of rows)
        counts.set(formatName(String(kind)), (counts.get(formatName(String(kind))) ?? 0) + 1);
      return bars("Movements by kind", "quantity", counts);
    },
  },
};

const quantity = (label: string, value: number): Figure => ({ label, value: formatQuantity(value) });

function number(row: Rows[number], column: string): number {
  const value = row[column];
  return typeof value === "number" ? value : 0;
}

const sum = (rows: Rows, column: string): number => rows.reduce((all, row) => all + number(row, column), 0);
const levelOf = ({ sku, location }: Rows[number]): string => `${sku} · ${location}`;

function sumsBy(rows: Rows, keyOf: (row: Rows[number]) => string, column: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(keyOf(row), (sums.get(keyOf(row)) ?? 0) + number(row, column));
  return sums;
}

/** Returns the share of each level. Levels without a share (null) get no bar. */
const shares = (rows: Rows, column: string): Map<string, number> =>
  sumsBy(
    rows.filter((row) => typeof row[column] === "number"),
    levelOf,
    column,
  );

function bars(title: string, unit: "quantity" | "share", values: Map<string, number>): ReportChartData {
  const sorted = [...values].map(([name, value]) => ({ name, value })).sort((a, b) => b.value - a.value);
  return { kind: "bars", title, unit, bars: sorted.slice(0, barsMax) };
}

interface DayLine {
  readonly label: string;
  readonly column: string;
  readonly as?: Series["as"];
  readonly sign?: 1 | -1;
}

/** Adds up values by day, for all days from the first to the last. A day without a row has 0. */
function overDays(title: string, rows: Rows, dayColumn: string, lines: readonly DayLine[]): ReportChartData {
  const dayIn = (row: Rows[number]) => String(row[dayColumn]);
  const days = daysBetween(rows.map(dayIn));
  const series = lines.map(({ label, column, as, sign = 1 }) => {
    const sums = sumsBy(rows, dayIn, column);
    return { label, as, values: days.map((day) => sign * (sums.get(day) ?? 0) || 0) };
  });
  return { kind: "days", title, days, series };
}
