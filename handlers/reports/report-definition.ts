import type { ReportName } from "../../contract/report.ts";
import type { DB } from "../../sql/database.generated.ts";

type View = "reporting.movement_ledger" | "reporting.stock_on_hand";

interface DefinitionOf<V extends View> {
  readonly title: string;
  readonly view: V;
  /** Public, in this order; a test holds them to the view's own. */
  readonly columns: readonly (keyof DB[V] & string)[];
  /** What `from` (included) and `to` (excluded) look at. */
  readonly period: keyof DB[V] & string;
  readonly order: readonly (keyof DB[V] & string)[];
}

export type ReportDefinition = { [V in View]: DefinitionOf<V> }[View];

export const reportDefinitions: Readonly<Record<ReportName, ReportDefinition>> = {
  "stock-on-hand": {
    title: "Stock on hand: one row a level, current",
    view: "reporting.stock_on_hand",
    columns: [
      ...(["sku", "location", "on_hand", "reserved", "incoming", "damaged", "quality_hold", "safety"] as const),
      ...(["available", "backorder_limit", "sellable", "version", "updated_at"] as const),
    ],
    period: "updated_at",
    order: ["sku", "location"],
  },
  "movement-ledger": {
    title: "Movement ledger: one row a change of a level, with its version",
    view: "reporting.movement_ledger",
    columns: [
      ...(["sku", "location", "version", "kind", "quantity"] as const),
      ...(["on_hand_delta", "reserved_delta", "incoming_delta", "damaged_delta"] as const),
      ...(["quality_hold_delta", "safety_delta", "backorder_limit_delta"] as const),
      ...(["on_hand", "reserved", "incoming", "damaged", "quality_hold", "safety"] as const),
      ...(["available", "backorder_limit", "sellable"] as const),
      ...(["cause_type", "cause_id", "actor", "reason", "reference"] as const),
      ...(["at", "occurred_at", "request_id", "movement_id"] as const),
    ],
    period: "at",
    order: ["at", "sku", "location", "version"],
  },
};
