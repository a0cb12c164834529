import { z } from "zod";
import { GivenInstant, Instant, LocationId, Sku } from "./identifiers.ts";
import { Level } from "./level.ts";
import { limits } from "./limits.ts";
import { Movement } from "./movement.ts";

/** The reports, by their names in paths. */
export const ReportName = z.enum([
  "stock-on-hand",
  "stock-on-hand-daily",
  "sales-by-day",
  "sell-through",
  "stockout-rate",
  "movement-ledger",
]);
export type ReportName = z.output<typeof ReportName>;

/**
 * The query of `GET /reports/{name}`. The period is `from` (included) to `to` (excluded). In stock-on-hand it chooses levels
 * by their last change, in movement-ledger movements by `at`; the other reports take every day (UTC) that it touches.
 * `location` and `sku` narrow the rows; absent: all.
 */
export const ReportQuery = z.strictObject({
  from: GivenInstant.optional().meta({ description: "Begin of the period, included. Absent: all there is before" }),
  to: GivenInstant.optional().meta({ description: "End of the period, excluded. Absent: up to now" }),
  location: LocationId.optional(),
  sku: Sku.optional(),
  format: z.enum(["json", "csv"]).default("json"),
});
export type ReportQuery = z.output<typeof ReportQuery>;

/** The answer of `GET /reports`: the reports with the columns of their rows. */
export const ReportList = z
  .strictObject({
    items: z.array(z.strictObject({ name: ReportName, title: z.string(), columns: z.array(z.string()) })),
  })
  .meta({ id: "ReportList" });

/**
 * The answer of `GET /reports/{name}`: rows with the view's columns in snake_case, as in SQL. Every change up to `asOf` is
 * in; before the first change it is 1970.
 */
export const Report = z
  .strictObject({
    name: ReportName,
    asOf: Instant,
    rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
  })
  .meta({ id: "Report" });
export type Report = z.output<typeof Report>;

/** One entry of the ledger of a level: the movement, and the level after it, of which it made `version`. */
export const LedgerEntry = z
  .strictObject({
    ...Movement.omit({ requestId: true }).shape,
    version: z.int().min(1),
    level: Level,
  })
  .meta({ id: "LedgerEntry" });
export type LedgerEntry = z.output<typeof LedgerEntry>;

/** The query of a level's ledger. */
export const LedgerQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(limits.ledgerLimitMax).default(limits.listLimitDefault),
  cursor: z.string().max(2_048).optional(),
});

/** A page of a level's ledger, newest first. Every change up to `asOf` is in; null: none was written yet. */
export const Ledger = z
  .strictObject({ items: z.array(LedgerEntry), nextCursor: z.string().nullable(), asOf: Instant.nullable() })
  .meta({ id: "Ledger" });
