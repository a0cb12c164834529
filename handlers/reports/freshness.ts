import type { Database } from "../runtime/database/database.ts";

/**
 * How far ledger and reports reach; null before the first change. Read before the rows that it speaks of: they may
 * hold more than it says, never less.
 */
export async function readAsOf(database: Database): Promise<string | null> {
  const row = await database.selectFrom("reporting.freshness").select("as_of").executeTakeFirst();
  return row?.as_of?.toISOString() ?? null;
}
