import { z } from "zod";
import { GivenInstant, Instant, LocationId, Sku } from "./identifiers.ts";
import { Level } from "./level.ts";
import { limits } from "./limits.ts";
import { Movement } from "./movement.ts";

/** The names of the reports, as paths use them. */
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
 * The query of `GET /reports/{name}`. The period is `from` (included) to `to` (excluded). In stock-on-hand it selects
 * levels by their last change, and in movement-ledger it selects movements by `at`. The other reports use every day
 * (UTC) that it touches. `location` and `sku` filter the rows; without them the report has all rows.
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
 * The answer of `GET /reports/{name}`: rows with the view's columns in snake_case, as in SQL. The rows include every
 * change up to `asOf`, which is in 1970 before the first change.
 */
export const Report = z
  .strictObject({
    name: ReportName,
    asOf: Instant,
    rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
  })
  .meta({ id: "Report" });
export type Report = z.output<typeof Report>;

/** One entry of a level's ledger: the movement, and the level after it. `version` is that level's version. */
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

/** A page of a level's ledger, newest first. It includes every change up to `asOf`; null: none was written yet. */
export const Ledger = z
  .strictObject({ items: z.array(LedgerEntry), nextCursor: z.string().nullable(), asOf: Instant.nullable() })
  .meta({ id: "Ledger" });
