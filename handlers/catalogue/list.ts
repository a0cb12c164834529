import { z } from "zod";
import type { CatalogueStatus } from "../../contract/catalogue.ts";
import { decodeCursor, done, encodeCursor, type Outcome } from "../inventory/index.ts";
import type { Noun, NounName, Nouns } from "./noun.ts";
import { entryOf } from "./record.ts";
import { type CatalogueTablePorts, listIds, readRecords } from "./table.ts";

export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly status?: CatalogueStatus | undefined;
}

interface ListPage<N extends NounName> {
  readonly items: Nouns[N]["entry"][];
  readonly nextCursor: string | null;
}

/**
 * Limits the time of a filter that matches little: a page may have fewer entries than requested, and still a cursor.
 */
const roundCountMax = 5;
/**
 * The answer of a function has at most 6 MB. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const pageBytesMax = 4_000_000;

/** Lists entries in the order of their ids. */
export async function listEntries<N extends NounName>(
  ports: CatalogueTablePorts,
  noun: Noun<N>,
  { query, consistent }: { readonly query: ListQuery; readonly consistent: boolean },
): Promise<Outcome<ListPage<N>>> {
  const begin = decodeCursor(query.cursor, (id) => z.safeParse(noun.idSchema, id).data);
  if (begin.kind === "refused") return begin;
  let after: string | undefined = begin.value;
  const items: Nouns[N]["entry"][] = [];
  let bytes = 0;
  for (let round = 1; round <= roundCountMax; round++) {
    const { ids, more } = await listIds(ports, noun, { after, limit: query.limit });
    const records = new Map<string, Nouns[N]["entry"]>();
    for (const record of await readRecords(ports, noun, ids, { consistent })) {
      records.set(record.id, entryOf(noun, record));
    }
    for (const [index, id] of ids.entries()) {
      after = id;
      const entry = records.get(id);
      if (!entry || (query.status !== undefined && entry.status !== query.status)) continue;
      items.push(entry);
      bytes += Buffer.byteLength(JSON.stringify(entry));
      const full = items.length === query.limit || bytes >= pageBytesMax;
      if (full) return done({ items, nextCursor: more || index < ids.length - 1 ? encodeCursor(id) : null });
    }
    if (!more) return done({ items, nextCursor: null });
  }
  return done({ items, nextCursor: after === undefined ? null : encodeCursor(after) });
}
