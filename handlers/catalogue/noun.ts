import type { z } from "zod";
import { Item, type ItemPatch, ItemPut, Location, type LocationPatch, LocationPut } from "../../contract/catalogue.ts";
import type { LocationId, Sku } from "../../contract/identifiers.ts";
import {
  itemInUse,
  itemKey,
  itemNotFound,
  type Key,
  locationInUse,
  locationKey,
  locationNotFound,
  type Refused,
} from "../inventory/index.ts";

/** The types of the two nouns of the catalogue. All rules are written once, and work for both. */
export interface Nouns {
  readonly item: { readonly id: Sku; readonly fields: ItemPut; readonly patch: ItemPatch; readonly entry: Item };
  readonly location: {
    readonly id: LocationId;
    readonly fields: LocationPut;
    readonly patch: LocationPatch;
    readonly entry: Location;
  };
}
export type NounName = keyof Nouns;

/** What differs between items and locations. */
export interface Noun<N extends NounName> {
  readonly type: N;
  readonly idName: "sku" | "id";
  readonly idSchema: z.core.$ZodType<Nouns[N]["id"]>;
  /** The fields that a client sets, with their bounds. A merged patch must be within these bounds. */
  readonly fieldsSchema: z.ZodType<Nouns[N]["fields"]>;
  readonly entrySchema: z.ZodType<Nouns[N]["entry"]>;
  keyOf(id: Nouns[N]["id"]): Key;
  /** Merges a patch (RFC 7396). The result must still pass `fieldsSchema`. */
  merge(fields: Nouns[N]["fields"], patch: Nouns[N]["patch"]): unknown;
  notFound(id: Nouns[N]["id"]): Refused;
  inUse(id: Nouns[N]["id"], where: string): Refused;
}

export const itemNoun: Noun<"item"> = {
  type: "item",
  idName: "sku",
  keyOf: itemKey,
  idSchema: Item.shape.sku,
  fieldsSchema: ItemPut,
  entrySchema: Item,
  merge: (fields, { status: _, attributes, ...patch }) => ({
    ...mergeFields(fields, patch),
    attributes: attributes === null ? {} : mergeFields(fields.attributes, attributes ?? {}),
  }),
  notFound: (sku) => itemNotFound([sku]),
  inUse: itemInUse,
};

export const locationNoun: Noun<"location"> = {
  type: "location",
  idName: "id",
  keyOf: locationKey,
  idSchema: Location.shape.id,
  fieldsSchema: LocationPut,
  entrySchema: Location,
  merge: (fields, { status: _, ...patch }) => mergeFields(fields, patch),
  notFound: (id) => locationNotFound([id]),
  inUse: locationInUse,
};

/** Merges one level by RFC 7396: null removes a field, so that it gets the schema's default again. */
function mergeFields(fields: object, patch: object): Record<string, unknown> {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const merged = Object.entries({ ...fields, ...Object.fromEntries(given) });
  return Object.fromEntries(merged.filter(([, value]) => value !== null));
}
