import { sql } from "kysely";
import type { Database } from "../runtime/database/database.ts";
import type { KnownLevel } from "./ledger-statements.ts";
import { levelKeyOf, type MovementRow } from "./movement-row.ts";
import { type Columns, type RowOf, recordSet } from "./record-set.ts";

export interface GapChange {
  readonly sku: string;
  readonly location: string;
  /** The versions missing in the ledger now, as a multirange; `{}` when none is missing. */
  readonly missing: string;
}

const arrivedColumns = {
  sku: { type: "text" },
  location: { type: "text" },
  known: { type: "bigint" },
  highest: { type: "bigint" },
  versions: { type: "int8multirange" },
} as const satisfies Columns;

/**
 * Records the versions missing between the known version and those that arrived, and removes versions that have arrived
 * since. It looks up suspected versions in the ledger, so an outdated `known` costs a query but never gives a false
 * gap.
 */
export async function recordGaps(
  database: Database,
  rows: readonly MovementRow[],
  known: readonly KnownLevel[],
): Promise<readonly GapChange[]> {
  const { rows: changes } = await sql<GapChange>`
    WITH suspect AS (
      SELECT
        record.sku,
        record.location,
        coalesce(gap.missing, '{}')
          + CASE WHEN record.highest > record.known
              THEN int8multirange(int8range(record.known + 1, record.highest, '[]'))
              ELSE '{}'
            END
          - record.versions AS versions,
        coalesce(gap.missing, '{}') AS missing_before
      FROM ${recordSet(arrivedColumns, arrivedRows(rows, known))}
      LEFT JOIN ops.gap AS gap ON gap.sku = record.sku AND gap.location = record.location
    ),
    verified AS (
      SELECT
        suspect.sku,
        suspect.location,
        suspect.versions - coalesce((
          SELECT range_agg(int8range(movement.version, movement.version, '[]'))
          FROM unnest(suspect.versions) AS run
          JOIN audit.movement AS movement
            ON movement.sku = suspect.sku
            AND movement.location = suspect.location
            AND movement.version >= lower(run)
            AND movement.version < upper(run)
        ), '{}') AS missing
      FROM suspect
      WHERE NOT isempty(suspect.versions) OR NOT isempty(suspect.missing_before)
    )
    INSERT INTO ops.gap AS gap (sku, location, missing, detected_at, closed_at)
    SELECT sku, location, missing, now(), CASE WHEN isempty(missing) THEN now() END
    FROM verified
    ORDER BY sku, location
    ON CONFLICT (sku, location) DO UPDATE SET
      missing = excluded.missing,
      detected_at = CASE WHEN isempty(gap.missing) THEN excluded.detected_at ELSE gap.detected_at END,
      closed_at = excluded.closed_at
    WHERE gap.missing <> excluded.missing
    RETURNING gap.sku, gap.location, gap.missing::text AS missing`.execute(database);
  return changes;
}

function arrivedRows(
  rows: readonly MovementRow[],
  known: readonly KnownLevel[],
): readonly RowOf<typeof arrivedColumns>[] {
  const versions = new Map<string, number[]>();
  for (const row of rows) {
    const key = levelKeyOf(row);
    const others = versions.get(key);
    if (others) others.push(row.version);
    else versions.set(key, [row.version]);
  }
  return known.map((level) => {
    const arrived = versions.get(levelKeyOf(level)) ?? [];
    return {
      sku: level.sku,
      location: level.location,
      known: level.version,
      highest: Math.max(...arrived),
      versions: `{${arrived.map((version) => `[${version},${version}]`).join()}}`,
    };
  });
}
