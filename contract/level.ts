import { z } from "zod";
import { Instant, LocationId, Sku } from "./identifiers.ts";
import { limitQuantities, recordOf, StoredQuantity, summedQuantities } from "./quantity.ts";

/**
 * Stock of one item at one location.
 * available = onHand - reserved - damaged - qualityHold - safety; sellable = available + backorderLimit.
 * `version` starts at 1 and grows by exactly 1 with each change; 0 means that the level never moved.
 */
export const Level = z
  .strictObject({
    sku: Sku,
    location: LocationId,
    ...recordOf(summedQuantities, () => StoredQuantity),
    available: z.int(),
    ...recordOf(limitQuantities, () => StoredQuantity),
    sellable: z.int(),
    version: z.int().min(0),
    updatedAt: Instant.nullable(),
  })
  .meta({ id: "Level" });
export type Level = z.output<typeof Level>;

/** The part of a level that a token with `stock:availability` alone may read. */
export const Availability = z
  .strictObject({
    sku: Sku,
    location: LocationId,
    available: z.int(),
    asOf: Instant,
    version: z.int().min(0),
  })
  .meta({ id: "Availability" });
export type Availability = z.output<typeof Availability>;

/** The source of a read: a cache or the table. */
export const Source = z.enum(["cache", "table"]);

export const LevelRead = z.strictObject({ ...Level.shape, asOf: Instant, source: Source }).meta({ id: "LevelRead" });
export type LevelRead = z.output<typeof LevelRead>;

export const Totals = z.strictObject({
  ...recordOf(summedQuantities, () => z.int()),
  available: z.int(),
  sellable: z.int(),
});

export const ItemStock = z
  .strictObject({ sku: Sku, levels: z.array(Level), totals: Totals, asOf: Instant, source: Source })
  .meta({ id: "ItemStock" });
export type ItemStock = z.output<typeof ItemStock>;

export const ItemAvailability = z
  .strictObject({ sku: Sku, levels: z.array(Availability), asOf: Instant })
  .meta({ id: "ItemAvailability" });
export type ItemAvailability = z.output<typeof ItemAvailability>;

/** `StockRanLow` is raised at available <= threshold. It can be raised again only after available >= clear. */
export const LowStock = z
  .strictObject({ threshold: StoredQuantity, clear: StoredQuantity })
  .refine(({ threshold, clear }) => clear > threshold, { path: ["clear"], message: "must be greater than threshold" });

export const Policy = z
  .strictObject({
    safety: StoredQuantity.default(0),
    backorderLimit: StoredQuantity.default(0),
    lowStock: LowStock.optional(),
  })
  .meta({ id: "Policy" });
export type Policy = z.output<typeof Policy>;

export const PolicyRead = z.strictObject({ ...Policy.shape, version: z.int().min(0) }).meta({ id: "PolicyRead" });
