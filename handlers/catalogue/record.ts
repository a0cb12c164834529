import { z } from "zod";
import { limits } from "../../contract/limits.ts";
import { CatalogueBookkeeping, listIndex, publicStatus } from "../inventory/index.ts";
import type { Noun, NounName, Nouns } from "./noun.ts";

/** An item or a location as the table stores it. */
export type CatalogueRecord<N extends NounName> = z.output<typeof CatalogueBookkeeping> & {
  readonly id: Nouns[N]["id"];
  readonly fields: Nouns[N]["fields"];
};

export function parseRecord<N extends NounName>(
  noun: Noun<N>,
  attributes: Readonly<Record<string, unknown>>,
  nowMs: number,
): CatalogueRecord<N> {
  const kept = CatalogueBookkeeping.parse(attributes);
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
  ...Object.keys(CatalogueBookkeeping.shape),
]);

const fieldAttributes = (attributes: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !notFields.has(name)));

export function attributesOf<N extends NounName>(noun: Noun<N>, record: CatalogueRecord<N>): Record<string, unknown> {
  const { id, fields, ...kept } = record;
  return { ...noun.keyOf(id), ...listIndex(noun.type, id), type: noun.type, [noun.idName]: id, ...fields, ...kept };
}

/** Returns the public form of a record. */
export function entryOf<N extends NounName>(noun: Noun<N>, record: CatalogueRecord<N>): Nouns[N]["entry"] {
  const { id, fields, status, createdAt, updatedAt, version } = record;
  const shown = { status: publicStatus(status), createdAt, updatedAt, version };
  return noun.entrySchema.parse({ [noun.idName]: id, ...fields, ...shown });
}
