import { z } from "zod";
import { Instant, LocationId, Sku } from "../../contract/identifiers.ts";
import {
  type Availability,
  type Level,
  LowStock,
  type Policy,
  quantityNames,
  StoredQuantity,
} from "../../contract/level.ts";
import { type Deltas, Movement } from "../../contract/movement.ts";

/** Quantities a level stores as given; `sellable` and `intact` are stored too, derived from these. */
export const storedNames = [...quantityNames, "backorderLimit"] as const;
export type StoredName = (typeof storedNames)[number];

export interface LevelPlace {
  readonly sku: Sku;
  readonly location: LocationId;
}

/** A level as the table holds it: the newest version, with the movement that made it. */
export const LevelRecord = z.object({
  type: z.literal("level"),
  sku: Sku,
  location: LocationId,
  onHand: StoredQuantity,
  reserved: StoredQuantity,
  incoming: StoredQuantity,
  damaged: StoredQuantity,
  qualityHold: StoredQuantity,
  safety: StoredQuantity,
  backorderLimit: StoredQuantity,
  sellable: z.int(),
  intact: z.int(),
  lowStock: LowStock.optional(),
  version: z.int().min(1),
  updatedAt: Instant,
  movement: Movement,
});
export type LevelRecord = z.output<typeof LevelRecord>;

/** `sellable` and `intact` are sums, so one rule derives them from quantities and their changes from deltas. */
export function derive(values: Deltas): { sellable: number; intact: number } {
  const { onHand = 0, reserved = 0, damaged = 0, qualityHold = 0, safety = 0, backorderLimit = 0 } = values;
  return {
    sellable: onHand - reserved - damaged - qualityHold - safety + backorderLimit,
    intact: onHand - damaged,
  };
}

/** The public level of a record; without one the level has never moved: zeros, version 0. */
export function toLevel({ sku, location }: LevelPlace, record: LevelRecord | undefined): Level {
  const { onHand = 0, reserved = 0, incoming = 0, damaged = 0, qualityHold = 0, safety = 0 } = record ?? {};
  const { backorderLimit = 0, sellable = 0, version = 0, updatedAt = null } = record ?? {};
  const available = sellable - backorderLimit;
  return {
    sku,
    location,
    onHand,
    reserved,
    incoming,
    damaged,
    qualityHold,
    safety,
    available,
    backorderLimit,
    sellable,
    version,
    updatedAt,
  };
}

/** What a token with `stock:availability` alone may see of a level. */
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

/** A level's name in maps; \n is in no sku. */
export const placeKey = ({ sku, location }: LevelPlace): string => `${sku}\n${location}`;
