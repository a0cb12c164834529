import { z } from "zod";
import { Instant } from "../../contract/identifiers.ts";
import { limits } from "../../contract/limits.ts";
import { listIndex } from "../inventory/index.ts";
import type { Noun, NounName, Nouns } from "./noun.ts";

const Bookkeeping = z.object({
  /** `archiving` shows as active, but takes no new commands. */
  status: z.enum(["active", "archiving", "archived"]),
  /** What an attempt to archive leaves here while it runs. */
  archiving: z.object({ attempt: z.string(), markedAtMs: z.int() }).optional(),
  createdAt: Instant,
  updatedAt: Instant,
  version: z.int().min(1),
  /** +1 with every write, also those that change nothing a client sees; every write is conditioned on it. */
  revision: z.int().min(1),
  /** The request that wrote last: an unknown outcome is settled by finding one's own. */
  requestId: z.string(),
  /** Who asked for the last change of `version`. */
  actor: z.string().optional(),
});

/** An item or a location as the table holds it. */
export type CatalogueRecord<N extends NounName> = z.output<typeof Bookkeeping> & {
  readonly id: Nouns[N]["id"];
  readonly fields: Nouns[N]["fields"];
};

export function parseRecord<N extends NounName>(
  noun: Noun<N>,
  attributes: Readonly<Record<string, unknown>>,
  nowMs: number,
): CatalogueRecord<N> {
  const kept = Bookkeeping.parse(attributes);
  const id = z.parse(noun.idSchema, attributes[noun.idName]);
  const fields = noun.fieldsSchema.parse(fieldAttributes(attributes));
  const { status, archiving } = kept;
  const abandoned = status === "archiving" && nowMs - (archiving?.markedAtMs ?? 0) > limits.archivingAbandonedMs;
  return { ...kept, ...(abandoned && { status: "active" }), id, fields };
}

const notFields = new Set([
  "pk",
  "sk",
  "type",
  "sku",
  "id",
  "listShard",
  "listOrder",
  ...Object.keys(Bookkeeping.shape),
]);

const fieldAttributes = (attributes: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !notFields.has(name)));

export function attributesOf<N extends NounName>(noun: Noun<N>, record: CatalogueRecord<N>): Record<string, unknown> {
  const { id, fields, ...kept } = record;
  return { ...noun.keyOf(id), ...listIndex(noun.type, id), type: noun.type, [noun.idName]: id, ...fields, ...kept };
}

/** The public view. */
export function entryOf<N extends NounName>(noun: Noun<N>, record: CatalogueRecord<N>): Nouns[N]["entry"] {
  const { id, fields, status, createdAt, updatedAt, version } = record;
  const shown = status === "archived" ? "archived" : "active";
  return noun.entrySchema.parse({ [noun.idName]: id, ...fields, status: shown, createdAt, updatedAt, version });
}
