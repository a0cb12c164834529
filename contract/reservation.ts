import { z } from "zod";
import { Instant, LocationId, ReservationId, Sku } from "./identifiers.ts";
import { limits } from "./limits.ts";

export const ReservationStatus = z.enum([
  "HELD",
  "PAYING",
  "CONFIRMED",
  "PARTIALLY_FULFILLED",
  "FULFILLED",
  "RELEASED",
  "EXPIRED",
]);
export type ReservationStatus = z.output<typeof ReservationStatus>;

const Quantity = z.int().min(1).max(limits.quantityMax);

/** Where a line's stock is held; quantity - fulfilled - released is what is left. */
export const Allocation = z.strictObject({
  location: LocationId,
  quantity: Quantity,
  fulfilled: z.int().min(0),
  released: z.int().min(0),
});
export type Allocation = z.output<typeof Allocation>;

export const ReservationLine = z.strictObject({ sku: Sku, quantity: Quantity, allocations: z.array(Allocation) });
export type ReservationLine = z.output<typeof ReservationLine>;

/** A promise of stock to an owner: `reserved` on each level from hold until fulfil, release or expire. */
export const Reservation = z
  .strictObject({
    id: ReservationId,
    owner: z.string(),
    channel: z.string().optional(),
    reference: z.string().optional(),
    status: ReservationStatus,
    lines: z.array(ReservationLine),
    expiresAt: Instant,
    payBy: Instant.optional(),
    createdAt: Instant,
    updatedAt: Instant,
    version: z.int().min(1),
  })
  .meta({ id: "Reservation" });
export type Reservation = z.output<typeof Reservation>;

/** How lines without a location find one: by location priority (may split), one location for all, or fewest. */
export const AllocationStrategy = z.enum(["priority", "single", "fewest"]);
export type AllocationStrategy = z.output<typeof AllocationStrategy>;

const word = z.string().min(1).max(128);
const TtlSeconds = z.int().min(1).max(limits.reservationTtlSecondsMax);

/** The body of `POST /reservations`: everything is held, or nothing. */
export const HoldCommand = z
  .strictObject({
    id: ReservationId.optional(),
    owner: word.optional(),
    channel: word.optional(),
    reference: word.optional(),
    ttlSeconds: TtlSeconds.default(limits.reservationTtlSecondsDefault),
    strategy: AllocationStrategy.default("priority"),
    lines: z
      .array(z.strictObject({ sku: Sku, quantity: Quantity, location: LocationId.optional() }))
      .min(1)
      .max(1_000),
  })
  .meta({ id: "HoldCommand" });
export type HoldCommand = z.output<typeof HoldCommand>;

export const PayCommand = z
  .strictObject({
    payWithinSeconds: z.int().min(1).max(limits.payWithinSecondsMax).default(limits.payWithinSecondsDefault),
  })
  .meta({ id: "PayCommand" });
export type PayCommand = z.output<typeof PayCommand>;

export const ExtendCommand = z.strictObject({ ttlSeconds: TtlSeconds }).meta({ id: "ExtendCommand" });
export type ExtendCommand = z.output<typeof ExtendCommand>;

/** What to release or fulfil; without `lines`, all that is left. */
export const PartCommand = z
  .strictObject({
    lines: z
      .array(z.strictObject({ sku: Sku, location: LocationId.optional(), quantity: Quantity }))
      .min(1)
      .max(1_000)
      .optional(),
  })
  .meta({ id: "PartCommand" });
export type PartCommand = z.output<typeof PartCommand>;

/** Confirm and fail-payment take no fields. */
export const EmptyCommand = z.strictObject({}).meta({ id: "EmptyCommand" });
