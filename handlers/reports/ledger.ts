import type { Selectable } from "kysely";
import type { z } from "zod";
import type { LocationId, Sku } from "../../contract/identifiers.ts";
import { columnOf, limitQuantities, quantityNames, recordOf, summedQuantities } from "../../contract/quantity.ts";
import { type Ledger, LedgerEntry } from "../../contract/report.ts";
import type { ReportingMovementLedger } from "../../sql/database.generated.ts";
import { encodeCursor } from "../inventory/index.ts";
import type { Database } from "../runtime/database/database.ts";
import { readAsOf } from "./freshness.ts";

export interface LedgerRequest {
  readonly sku: Sku;
  readonly location: LocationId;
  readonly limit: number;
  /** Only versions below this one are read. */
  readonly before: number | undefined;
}

/** Reads a page of a level's ledger, newest first. A level that is unknown or never changed has an empty ledger. */
export async function readLedger(database: Database, request: LedgerRequest): Promise<z.output<typeof Ledger>> {
  const { sku, location, limit, before } = request;
  const asOf = await readAsOf(database);
  const rows = await database
    .selectFrom("reporting.movement_ledger")
    .selectAll()
    .where("sku", "=", sku)
    .where("location", "=", location)
    .$if(before !== undefined, (query) => query.where("version", "<", before ?? 0))
    .orderBy("version", "desc")
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(entryOf);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor(String(last.version)) : null, asOf };
}

/** Converts a row. To Postgres every column of a view can be null; the contract's schema checks which are not. */
function entryOf(row: Selectable<ReportingMovementLedger>): LedgerEntry {
  const at = row.at?.toISOString();
  return LedgerEntry.parse({
    id: row.movement_id,
    version: row.version,
    kind: row.kind,
    quantity: row.quantity,
    deltas: deltasOf(row),
    cause: { type: row.cause_type, id: row.cause_id },
    actor: row.actor,
    reason: row.reason ?? undefined,
    reference: row.reference ?? undefined,
    at,
    occurredAt: row.occurred_at?.toISOString(),
    level: {
      sku: row.sku,
      location: row.location,
      ...recordOf(summedQuantities, (name) => row[columnOf(name)]),
      available: row.available,
      ...recordOf(limitQuantities, (name) => row[columnOf(name)]),
      sellable: row.sellable,
      version: row.version,
      updatedAt: at,
    },
  });
}

/** Returns the deltas of the quantities that changed; the others are absent. */
function deltasOf(row: Selectable<ReportingMovementLedger>) {
  const deltas = recordOf(quantityNames, (name) => row[`${columnOf(name)}_delta`]);
  return Object.fromEntries(Object.entries(deltas).filter(([, delta]) => delta !== 0));
}

/** Parses the position in a ledger's cursor, which is a version. Returns undefined for another text. */
export const parseLedgerPosition = (position: string): number | undefined =>
  /^[1-9][0-9]{0,14}$/.test(position) ? Number(position) : undefined;
