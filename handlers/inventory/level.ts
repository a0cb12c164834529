import { z } from "zod";
import { Instant, LocationId, Sku } from "../../contract/identifiers.ts";
import { type Availability, type Level, LowStock, type Policy } from "../../contract/level.ts";
import { Movement } from "../../contract/movement.ts";
import {
  type Deltas,
  limitQuantities,
  type QuantityName,
  quantityNames,
  recordOf,
  StoredQuantity,
  summedQuantities,
  sumOf,
} from "../../contract/quantity.ts";

export interface LevelPlace {
  readonly sku: Sku;
  readonly location: LocationId;
}

/** A level as the table stores it: the newest version, with the movement that made it. */
export const LevelRecord = z.object({
  type: z.literal("level"),
  sku: Sku,
  location: LocationId,
  ...recordOf(quantityNames, () => StoredQuantity),
  sellable: z.int(),
  intact: z.int(),
  lowStock: LowStock.optional(),
  version: z.int().min(1),
  updatedAt: Instant,
  movement: Movement,
});
export type LevelRecord = z.output<typeof LevelRecord>;

/** Computes the sums that a level stores because guards compare them. For deltas it gives the changes of the sums. */
export const derive = (values: Deltas): { sellable: number; intact: number } => ({
  sellable: sumOf("sellable", values),
  intact: sumOf("intact", values),
});

/** Returns all quantities of a level; zeros for a level that never changed. */
export const quantitiesOf = (record: LevelRecord | undefined): Record<QuantityName, number> =>
  recordOf(quantityNames, (name) => record?.[name] ?? 0);

/** Returns the public form of a level. Without a record the level never changed: it has zeros and version 0. */
export function toLevel({ sku, location }: LevelPlace, record: LevelRecord | undefined): Level {
  const stored = quantitiesOf(record);
  return {
    sku,
    location,
    ...recordOf(summedQuantities, (name) => stored[name]),
    available: sumOf("available", stored),
    ...recordOf(limitQuantities, (name) => stored[name]),
    sellable: record?.sellable ?? 0,
    version: record?.version ?? 0,
    updatedAt: record?.updatedAt ?? null,
  };
}

/** Returns what a token with only the scope `stock:availability` may see of a level. */
export const toAvailability = ({ sku, location, available, version }: Level, asOf: string): Availability => ({
  sku,
  location,
  available,
  asOf,
  version,
});

export function toPolicy(record: LevelRecord | undefined): Policy & { version: number } {
  const { safety = 0, backorderLimit = 0, lowStock, version = 0 } = record ?? {};
  return { safety, backorderLimit, ...(lowStock && { lowStock }), version };
}

export const placeName = ({ sku, location }: LevelPlace): string => `${sku} at ${location}`;

/** Returns the key of a level in maps. No sku contains \n. */
export const placeKey = ({ sku, location }: LevelPlace): string => `${sku}\n${location}`;
