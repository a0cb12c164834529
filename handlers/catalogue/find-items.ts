import { sql } from "kysely";
import type { Database } from "../runtime/database/database.ts";
import { ItemMatch, type ItemSearch } from "./search.ts";

/** Searches the documents in PostgreSQL. */
export async function findItems(database: Database, wanted: ItemSearch): Promise<readonly ItemMatch[]> {
  const { text, status, after, limit } = wanted;
  const { rows } = await sql`
    SELECT sku, relevance
    FROM search.find_item(
      ${text.replaceAll("\0", " ").toWellFormed()}::text,
      ${status ?? null}::text,
      ${after?.relevance ?? null}::integer,
      ${after?.sku ?? null}::text,
      ${limit}::integer
    )
  `.execute(database);
  return rows.map((row) => ItemMatch.parse(row));
}
