import { z } from "zod";
import { Sku } from "../../contract/identifiers.ts";
import { type Refused, refuse, validationFailed } from "../runtime/index.ts";
import type { ListQuery } from "./list.ts";
import { itemNoun, type Nouns } from "./noun.ts";
import { entryOf } from "./record.ts";
import { readRecords, type TablePorts } from "./table.ts";

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

export interface SearchPorts extends TablePorts {
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
): Promise<ItemPage | Refused> {
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor);
  if (query.cursor !== undefined && after === undefined) {
    return refuse(validationFailed([{ path: "cursor", message: "is not a cursor that this search gave" }]));
  }
  const { search: text, status, limit } = query;
  const found = await ports.findItems({ text, status, after, limit });
  const skus = found.map(({ sku }) => sku);
  const records = await readRecords(ports, itemNoun, skus, { consistent });
  const items = records.map((record) => entryOf(itemNoun, record));
  const last = found.length === limit ? found.at(-1) : undefined;
  return {
    items: items.filter((item) => status === undefined || item.status === status),
    nextCursor: last ? cursorOf(last) : null,
  };
}

const Cursor = z.tuple([ItemMatch.shape.relevance, ItemMatch.shape.sku]);

const cursorOf = ({ relevance, sku }: ItemMatch): string =>
  Buffer.from(JSON.stringify([relevance, sku])).toString("base64url");

function readCursor(cursor: string): ItemMatch | undefined {
  try {
    const [relevance, sku] = Cursor.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    return { relevance, sku };
  } catch {
    return undefined;
  }
}
