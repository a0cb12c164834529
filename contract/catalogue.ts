import { z } from "zod";
import { Instant, LocationId, Sku } from "./identifiers.ts";

/**
 * An `archived` item or location stays readable and can be restored. Commands that bring in or promise its stock
 * answer 404.
 */
export const CatalogueStatus = z.enum(["active", "archived"]);
export type CatalogueStatus = z.output<typeof CatalogueStatus>;

const ItemFields = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(4_000),
  /** Names and values, both chosen by the client. */
  attributes: z
    .record(z.string().min(1).max(64), z.string().max(500))
    .refine((attributes) => Object.keys(attributes).length <= 50, "at most 50 attributes"),
  barcodes: z.array(z.string().min(1).max(64)).max(20),
});

/** An item of the catalogue. It is archived, never deleted. `version` starts at 1 and grows by 1 with each change. */
export const Item = z
  .strictObject({
    sku: Sku,
    ...ItemFields.shape,
    status: CatalogueStatus,
    createdAt: Instant,
    updatedAt: Instant,
    version: z.int().min(1),
  })
  .meta({ id: "Item" });
export type Item = z.output<typeof Item>;

/** The body of `PUT /items/{sku}`. It replaces the item: absent fields take their defaults. */
export const ItemPut = z
  .strictObject({
    name: ItemFields.shape.name,
    description: ItemFields.shape.description.default(""),
    attributes: ItemFields.shape.attributes.default({}),
    barcodes: ItemFields.shape.barcodes.default([]),
  })
  .meta({ id: "ItemPut" });
export type ItemPut = z.output<typeof ItemPut>;

/**
 * The body of `PATCH /items/{sku}`, an RFC 7396 merge patch. Absent fields do not change. null resets a field to its
 * default or removes one attribute. `status: "active"` restores an archived item.
 */
export const ItemPatch = z
  .strictObject({
    name: ItemFields.shape.name.optional(),
    description: ItemFields.shape.description.nullable().optional(),
    attributes: z.record(z.string().min(1).max(64), z.string().max(500).nullable()).nullable().optional(),
    barcodes: ItemFields.shape.barcodes.nullable().optional(),
    status: z.literal("active").optional(),
  })
  .meta({ id: "ItemPatch" });
export type ItemPatch = z.output<typeof ItemPatch>;

/** A reservation's line without a location is allocated to locations of kind `warehouse` or `store` only. */
export const LocationKind = z.enum(["warehouse", "store", "supplier", "transit", "other"]);

const LocationFields = z.strictObject({
  name: z.string().min(1).max(100),
  kind: LocationKind,
  /** The service prefers the lower number; the id breaks ties. */
  priority: z.int().min(0).max(1_000_000),
  coordinates: z.strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) }),
});

/** A place that holds stock. It is archived, never deleted. `coordinates` (degrees) exist if a client set them. */
export const Location = z
  .strictObject({
    id: LocationId,
    name: LocationFields.shape.name,
    kind: LocationKind,
    priority: LocationFields.shape.priority,
    coordinates: LocationFields.shape.coordinates.optional(),
    status: CatalogueStatus,
    createdAt: Instant,
    updatedAt: Instant,
    version: z.int().min(1),
  })
  .meta({ id: "Location" });
export type Location = z.output<typeof Location>;

/** The body of `PUT /locations/{id}`. It replaces the location: absent fields take their defaults or are removed. */
export const LocationPut = z
  .strictObject({
    name: LocationFields.shape.name,
    kind: LocationKind,
    priority: LocationFields.shape.priority.default(100),
    coordinates: LocationFields.shape.coordinates.optional(),
  })
  .meta({ id: "LocationPut" });
export type LocationPut = z.output<typeof LocationPut>;

/**
 * The body of `PATCH /locations/{id}`, an RFC 7396 merge patch. Absent fields do not change. null resets `priority` to
 * its default and removes `coordinates`. `status: "active"` restores an archived location.
 */
export const LocationPatch = z
  .strictObject({
    name: LocationFields.shape.name.optional(),
    kind: LocationKind.optional(),
    priority: LocationFields.shape.priority.nullable().optional(),
    coordinates: LocationFields.shape.coordinates.nullable().optional(),
    status: z.literal("active").optional(),
  })
  .meta({ id: "LocationPatch" });
export type LocationPatch = z.output<typeof LocationPatch>;
