import { columnOf, limitQuantities, quantityNames, summedQuantities } from "../../contract/quantity.ts";
import type { ReportName } from "../../contract/report.ts";
import type { DB } from "../../sql/database.generated.ts";

type View =
  | "reporting.movement_ledger"
  | "reporting.sales_by_day"
  | "reporting.sell_through"
  | "reporting.stock_on_hand"
  | "reporting.stock_on_hand_daily"
  | "reporting.stockout_rate";

/** The column that `from` (included) and `to` (excluded) filter. A report by days includes each day that they touch. */
export type Period<Column> =
  | { readonly of: "instants" | "days"; readonly column: Column }
  /** An SQL function of two days with the view's columns, for values that are computed over the whole period. */
  | { readonly of: "all"; readonly between: "reporting.sell_through_between" | "reporting.stockout_rate_between" };

interface DefinitionOf<V extends View> {
  readonly title: string;
  readonly view: V;
  /** The public columns, in this order. A test compares them with the view's own columns. */
  readonly columns: readonly (keyof DB[V] & string)[];
  readonly period: Period<keyof DB[V] & string>;
  readonly order: readonly (keyof DB[V] & string)[];
}

export type ReportDefinition = { [V in View]: DefinitionOf<V> }[View];

/** The columns of a level, in the order of its JSON. */
const levelColumns = [
  ...summedQuantities.map(columnOf),
  "available",
  ...limitQuantities.map(columnOf),
  "sellable",
] as const;
const deltaColumns = quantityNames.map((name) => `${columnOf(name)}_delta` as const);

export const reportDefinitions: Readonly<Record<ReportName, ReportDefinition>> = {
  "stock-on-hand": {
    title: "Stock on hand: one row a level, current",
    view: "reporting.stock_on_hand",
    columns: ["sku", "location", ...levelColumns, "version", "updated_at"],
    period: { of: "instants", column: "updated_at" },
    order: ["sku", "location"],
  },
  "stock-on-hand-daily": {
    title: "Stock on hand by day: each level at each day's end (UTC)",
    view: "reporting.stock_on_hand_daily",
    columns: ["closed_on", "sku", "location", ...levelColumns],
    period: { of: "days", column: "closed_on" },
    order: ["closed_on", "sku", "location"],
  },
  "sales-by-day": {
    title: "Sales by day (UTC): what left for customers, what came back, and the difference",
    view: "reporting.sales_by_day",
    columns: ["sold_on", "sku", "location", "fulfilled", "returned", "net"],
    period: { of: "days", column: "sold_on" },
    order: ["sold_on", "sku", "location"],
  },
  "sell-through": {
    title: "Sell-through: sold, less returns, of what was there or came in the period",
    view: "reporting.sell_through",
    columns: ["sku", "location", "opening", "received", "sold", "sell_through"],
    period: { of: "all", between: "reporting.sell_through_between" },
    order: ["sku", "location"],
  },
  "stockout-rate": {
    title: "Stock-out rate: share of the period in which nothing could be sold",
    view: "reporting.stockout_rate",
    columns: ["sku", "location", "observed_days", "stockout_days", "stockout_rate"],
    period: { of: "all", between: "reporting.stockout_rate_between" },
    order: ["sku", "location"],
  },
  "movement-ledger": {
    title: "Movement ledger: one row a change of a level, with its version",
    view: "reporting.movement_ledger",
    columns: [
      "sku",
      "location",
      "version",
      "kind",
      "quantity",
      ...deltaColumns,
      ...levelColumns,
      "cause_type",
      "cause_id",
      "actor",
      "reason",
      "reference",
      "at",
      "occurred_at",
      "request_id",
      "movement_id",
    ],
    period: { of: "instants", column: "at" },
    order: ["at", "sku", "location", "version"],
  },
};
