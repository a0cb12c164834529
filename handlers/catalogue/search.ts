import { z } from "zod";
import { Sku } from "../../contract/identifiers.ts";
import { decodeCursor, done, encodeCursor, type Outcome } from "../inventory/index.ts";
import type { ListQuery } from "./list.ts";
import { itemNoun, type Nouns } from "./noun.ts";
import { entryOf } from "./record.ts";
import { type CatalogueTablePorts, readRecords } from "./table.ts";

/** An item that matches a search, and its relevance. */
export const ItemMatch = z.object({ sku: Sku, relevance: z.int() });
export type ItemMatch = z.output<typeof ItemMatch>;

export interface ItemSearch {
  readonly text: string;
  readonly status: string | undefined;
  /** The last match of the page before. */
  readonly after: ItemMatch | undefined;
  readonly limit: number;
}

export interface SearchPorts extends CatalogueTablePorts {
  /** Returns the items that match, best first. */
  readonly findItems: (wanted: ItemSearch) => Promise<readonly ItemMatch[]>;
}

type ItemPage = { readonly items: Nouns["item"]["entry"][]; readonly nextCursor: string | null };

/**
 * Searches items. The search index gives the matching items and their order; the items are read from the table, so that
 * a page does not show the index's older copy. If an item no longer has the requested status, the page is shorter.
 */
export async function searchItems(
  ports: SearchPorts,
  query: ListQuery & { readonly search: string },
  { consistent }: { readonly consistent: boolean },
): Promise<Outcome<ItemPage>> {
  const after = decodeCursor(query.cursor, parsePosition);
  if (after.kind === "refused") return after;
  const { search: text, status, limit } = query;
  const found = await ports.findItems({ text, status, after: after.value, limit });
  const skus = found.map(({ sku }) => sku);
  const records = await readRecords(ports, itemNoun, skus, { consistent });
  const items = records.map((record) => entryOf(itemNoun, record));
  const last = found.length === limit ? found.at(-1) : undefined;
  return done({
    items: items.filter((item) => status === undefined || item.status === status),
    nextCursor: last ? encodeCursor(positionOf(last)) : null,
  });
}

/** Returns the position of a match: matches are ordered by relevance, and by sku within one relevance. */
const positionOf = ({ relevance, sku }: ItemMatch): string => `${relevance} ${sku}`;

function parsePosition(position: string): ItemMatch | undefined {
  const [, relevance, sku] = /^(-?\d+) (.+)$/.exec(position) ?? [];
  return ItemMatch.safeParse({ relevance: Number(relevance), sku }).data;
}
