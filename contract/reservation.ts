import { z } from "zod";
import { Instant, LocationId, ReservationId, Sku } from "./identifiers.ts";
import { limits } from "./limits.ts";

/**
 * HELD becomes PAYING, CONFIRMED, EXPIRED or RELEASED; PAYING becomes CONFIRMED, HELD, EXPIRED or RELEASED; CONFIRMED
 * becomes PARTIALLY_FULFILLED, FULFILLED or RELEASED. Nothing follows FULFILLED, RELEASED and EXPIRED.
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

/** What of a line is held at one location, in base units; quantity - fulfilled - released is what is left. */
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
 * A promise of stock to an owner, counted in `reserved` of each level until it is fulfilled, released or expired.
 * `channel` and `reference` are there if the client gave them. It is held until `expiresAt`; while it is PAYING, `payBy`
 * is there and counts instead (one that expired during payment keeps it).
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
 * How lines without a location get one. `priority`: by the locations' priority, a line may be split; `single`: one location
 * for all such lines; `fewest`: as few locations as possible.
 */
export const AllocationStrategy = z.enum(["priority", "single", "fewest"]);
export type AllocationStrategy = z.output<typeof AllocationStrategy>;

const word = z.string().min(1).max(128);
const TtlSeconds = z.int().min(1).max(limits.reservationTtlSecondsMax);

/**
 * The body of `POST /reservations`: everything is held, or nothing. `id` is made by the service if absent, `owner` is then
 * the token's subject. A line without `location` is allocated by `strategy`.
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

/** The body of `POST /reservations/{id}/extend`: how long it is held from now on. */
export const ExtendCommand = z.strictObject({ ttlSeconds: TtlSeconds }).meta({ id: "ExtendCommand" });
export type ExtendCommand = z.output<typeof ExtendCommand>;

/**
 * The body of `POST /reservations/{id}/release` and `/fulfil`. Without `lines`: all that is left. A line without `location`
 * takes from the item's allocations in their order.
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

/** The body of confirm, fail-payment and of tickets: no fields. */
export const EmptyCommand = z.strictObject({}).meta({ id: "EmptyCommand" });
