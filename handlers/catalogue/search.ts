import { z } from "zod";
import { Sku } from "../../contract/identifiers.ts";
import { decodeCursor, done, encodeCursor, type Outcome } from "../inventory/index.ts";
import type { ListQuery } from "./list.ts";
import { itemNoun, type Nouns } from "./noun.ts";
import { entryOf } from "./record.ts";
import { type CatalogueTablePorts, readRecords } from "./table.ts";

/** An item that matches, and how well. */
export const ItemMatch = z.object({ sku: Sku, relevance: z.int() });
export type ItemMatch = z.output<typeof ItemMatch>;

export interface ItemSearch {
  readonly text: string;
  readonly status: string | undefined;
  /** The last one of the page before. */
  readonly after: ItemMatch | undefined;
  readonly limit: number;
}

export interface SearchPorts extends CatalogueTablePorts {
  /** Items that match, best first. */
  readonly findItems: (wanted: ItemSearch) => Promise<readonly ItemMatch[]>;
}

type ItemPage = { readonly items: Nouns["item"]["entry"][]; readonly nextCursor: string | null };

/**
 * The index says which items, in which order; what is answered is read from the table, so that a page never shows an
 * item as it was. An item that left the status asked for since it was indexed makes the page shorter.
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

/** Relevance orders the matches, and the sku those of one relevance. */
const positionOf = ({ relevance, sku }: ItemMatch): string => `${relevance} ${sku}`;

function parsePosition(position: string): ItemMatch | undefined {
  const [, relevance, sku] = /^(-?\d+) (.+)$/.exec(position) ?? [];
  return ItemMatch.safeParse({ relevance: Number(relevance), sku }).data;
}
