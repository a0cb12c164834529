import { sql } from "kysely";
import type { Item } from "../../contract/catalogue.ts";
import type { Database } from "../runtime/database/database.ts";

/** Replaces U+0000, which Postgres cannot store in text. A search still finds the rest of the text. */
const storable = (text: string): string => text.replaceAll("\0", " ").toWellFormed();

const documentOf = ({ sku, name, description, barcodes, status, version }: Item) => ({
  sku,
  name: storable(name),
  description: storable(description),
  barcodes: storable(barcodes.join(" ")),
  status,
  version,
});

/**
 * Sets the search document of each item unless a later version is stored. It is one statement that locks rows in the
 * order of their SKUs, so that concurrent calls do not deadlock.
 */
export async function indexItems(database: Database, items: readonly Item[]): Promise<void> {
  const newest = new Map<string, Item>();
  for (const item of items) {
    const known = newest.get(item.sku);
    if (!known || known.version < item.version) newest.set(item.sku, item);
  }
  const documents = JSON.stringify([...newest.values()].map(documentOf));
  await sql`
    INSERT INTO search.item (sku, name, description, barcodes, status, version)
    SELECT sku, name, description, barcodes, status, version
    FROM jsonb_to_recordset(${documents}::jsonb)
      AS document (sku text, name text, description text, barcodes text, status text, version bigint)
    ORDER BY sku
    ON CONFLICT (sku) DO UPDATE
    SET
      name = excluded.name,
      description = excluded.description,
      barcodes = excluded.barcodes,
      status = excluded.status,
      version = excluded.version
    WHERE search.item.version < excluded.version
  `.execute(database);
}
