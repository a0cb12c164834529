import { z } from "zod";
import { Instant, LocationId, ReservationId, Sku } from "./identifiers.ts";
import { limits } from "./limits.ts";

/**
 * HELD becomes PAYING, CONFIRMED, EXPIRED or RELEASED; PAYING becomes CONFIRMED, HELD, EXPIRED or RELEASED; CONFIRMED
 * becomes PARTIALLY_FULFILLED, FULFILLED or RELEASED. FULFILLED, RELEASED and EXPIRED are final.
 */
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

/** The part of a line that is held at one location, in base units. What is left is quantity - fulfilled - released. */
export const Allocation = z.strictObject({
  location: LocationId,
  quantity: Quantity,
  fulfilled: z.int().min(0),
  released: z.int().min(0),
});
export type Allocation = z.output<typeof Allocation>;

/** One item of a reservation. The quantities of its allocations add up to `quantity`. */
export const ReservationLine = z.strictObject({ sku: Sku, quantity: Quantity, allocations: z.array(Allocation) });
export type ReservationLine = z.output<typeof ReservationLine>;

/**
 * A promise of stock to an owner. It counts in `reserved` of each level until it is fulfilled, released or expired.
 * `channel` and `reference` are present if the client sent them. The stock is held until `expiresAt`. While the status
 * is PAYING, `payBy` is present and is the deadline instead. A reservation that expired during payment keeps `payBy`.
 */
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

/**
 * How the service chooses locations for lines without one. `priority`: by the locations' priority, and a line may be
 * split. `single`: one location for all such lines. `fewest`: as few locations as possible.
 */
export const AllocationStrategy = z.enum(["priority", "single", "fewest"]);
export type AllocationStrategy = z.output<typeof AllocationStrategy>;

const word = z.string().min(1).max(128);
const TtlSeconds = z.int().min(1).max(limits.reservationTtlSecondsMax);

/**
 * The body of `POST /reservations`. The service holds all lines or none. If `id` is absent, the service makes one. If
 * `owner` is absent, the owner is the token's subject. `strategy` allocates the lines without `location`.
 */
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

/** The body of `POST /reservations/{id}/pay`: how long the payment may take. */
export const PayCommand = z
  .strictObject({
    payWithinSeconds: z.int().min(1).max(limits.payWithinSecondsMax).default(limits.payWithinSecondsDefault),
  })
  .meta({ id: "PayCommand" });
export type PayCommand = z.output<typeof PayCommand>;

/** The body of `POST /reservations/{id}/extend`: how long the reservation is held, counted from now. */
export const ExtendCommand = z.strictObject({ ttlSeconds: TtlSeconds }).meta({ id: "ExtendCommand" });
export type ExtendCommand = z.output<typeof ExtendCommand>;

/**
 * The body of `POST /reservations/{id}/release` and `/fulfil`. Without `lines`, it means everything that is left. A
 * line without `location` takes from the item's allocations in their order.
 */
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

/** The body of confirm, fail-payment and tickets: an object without fields. */
export const EmptyCommand = z.strictObject({}).meta({ id: "EmptyCommand" });
