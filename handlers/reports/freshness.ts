import type { Database } from "../runtime/database/database.ts";

/**
 * Reads up to which instant ledger and reports are complete; null before the first change. Read it before the rows:
 * then the rows can contain later changes too, but none before that instant is missing.
 */
export async function readAsOf(database: Database): Promise<string | null> {
  const row = await database.selectFrom("reporting.freshness").select("as_of").executeTakeFirst();
  return row?.as_of?.toISOString() ?? null;
}
