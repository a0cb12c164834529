import { z } from "zod";
import { Item, Location } from "./catalogue.ts";
import { Instant } from "./identifiers.ts";
import { Level, LowStock } from "./level.ts";
import { Cause, Movement } from "./movement.ts";
import { Shortfall } from "./problem.ts";
import { HoldCommand, Reservation } from "./reservation.ts";

/** `source` of every event on the bus. */
export const eventSource = "holdfast.inventory";

/** A level with what made this version of it, and the thresholds that watch it. */
export const LevelState = z
  .object({ ...Level.shape, lowStock: LowStock.optional(), movement: Movement })
  .meta({ id: "LevelState" });
export type LevelState = z.output<typeof LevelState>;

/** Refusals of a hold that its buyer feels; what a client typed wrongly is not among them. */
export const HoldRefusalCode = z.enum([
  "item_not_found",
  "location_not_found",
  "reservation_exists",
  "insufficient_stock",
  "quantity_limit",
]);

/** A hold that was refused: what was asked for, and why. */
export const RefusedHold = z
  .object({
    ...HoldCommand.pick({ id: true, owner: true, channel: true, reference: true, lines: true }).shape,
    code: HoldRefusalCode,
    detail: z.string(),
    shortfalls: z.array(Shortfall).optional(),
  })
  .meta({ id: "RefusedHold" });
export type RefusedHold = z.output<typeof RefusedHold>;

const summaries = {
  StockLevelChanged: "A level changed: one event a version.",
  StockRanLow: "`available` came down to the threshold of the level's policy or below, once until it recovers.",
  StockRecovered: "`available` came back up to `clear` or above, after StockRanLow.",
  StockFellShort: "`sellable` fell below zero, by a count or damage: more is promised than there is.",
  ReservationHeld: "A reservation was made, or is held again after a failed payment.",
  ReservationExtended: "Its expiresAt moved.",
  ReservationPaying: "Payment began.",
  ReservationConfirmed: "It no longer expires.",
  ReservationFulfilled: "All of it, or a part, was shipped.",
  ReservationReleased: "All of it, or a part, was given back.",
  ReservationExpired: "Its deadline passed.",
  ReservationRefused: "A hold was refused, so nothing was made. Best effort: a few may be missing.",
  ItemChanged: "An item was created, changed, archived or restored.",
  LocationChanged: "A location was created, changed, archived or restored.",
} as const;
export type EventType = keyof typeof summaries;
export const eventTypes = Object.keys(summaries) as readonly EventType[];

/** What every event tells: who changed what, why, and from what to what. */
const detail = <Subject extends z.ZodType>(subject: Subject) =>
  z.object({
    id: z.string().meta({ description: "`<type>/<subject>/<version>`: the same when an event is delivered again" }),
    occurredAt: Instant,
    subject: z.string().meta({ description: "`stock/SKU/LOCATION`, `reservation/ID`, `item/SKU` or `location/ID`" }),
    version: z
      .int()
      .min(1)
      .meta({ description: "Of the subject after the change; the newest wins, whatever the order" }),
    before: subject.nullable().meta({ description: "null: the subject did not exist" }),
    after: subject,
    cause: Cause,
    actor: z.string(),
    correlationId: z.string().meta({ description: "Id of the request that made the change" }),
  });

const event = <Type extends EventType, Detail extends z.ZodType>(type: Type, told: Detail) =>
  z
    .object({ source: z.literal(eventSource), "detail-type": z.literal(type), detail: told })
    .meta({ id: type, description: summaries[type] });

/** Nothing was made, so there is no version, and the request is the subject. */
const refusedDetail = z.object({
  ...detail(z.null()).shape,
  subject: z.string().meta({ description: "`request/ID`" }),
  version: z.literal(0),
  refused: RefusedHold,
});

/** Schema of each event as the bus carries it, by its type. */
export const events = {
  StockLevelChanged: event("StockLevelChanged", detail(LevelState)),
  StockRanLow: event("StockRanLow", detail(LevelState)),
  StockRecovered: event("StockRecovered", detail(LevelState)),
  StockFellShort: event("StockFellShort", detail(LevelState)),
  ReservationHeld: event("ReservationHeld", detail(Reservation)),
  ReservationExtended: event("ReservationExtended", detail(Reservation)),
  ReservationPaying: event("ReservationPaying", detail(Reservation)),
  ReservationConfirmed: event("ReservationConfirmed", detail(Reservation)),
  ReservationFulfilled: event("ReservationFulfilled", detail(Reservation)),
  ReservationReleased: event("ReservationReleased", detail(Reservation)),
  ReservationExpired: event("ReservationExpired", detail(Reservation)),
  ReservationRefused: event("ReservationRefused", refusedDetail),
  ItemChanged: event("ItemChanged", detail(Item)),
  LocationChanged: event("LocationChanged", detail(Location)),
} as const satisfies { readonly [Type in EventType]: z.ZodObject };

/** Any event of the bus. */
export const Event = z.discriminatedUnion("detail-type", [
  events.StockLevelChanged,
  events.StockRanLow,
  events.StockRecovered,
  events.StockFellShort,
  events.ReservationHeld,
  events.ReservationExtended,
  events.ReservationPaying,
  events.ReservationConfirmed,
  events.ReservationFulfilled,
  events.ReservationReleased,
  events.ReservationExpired,
  events.ReservationRefused,
  events.ItemChanged,
  events.LocationChanged,
]);
export type Event = z.output<typeof Event>;
export type EventOf<Type extends EventType> = Extract<Event, { readonly "detail-type": Type }>;

export const eventId = (type: EventType, subject: string, version: number): string => `${type}/${subject}/${version}`;
