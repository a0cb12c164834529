import { z } from "zod";
import { Item, Location } from "./catalogue.ts";
import { Instant } from "./identifiers.ts";
import { Level, LowStock } from "./level.ts";
import { Cause, Movement } from "./movement.ts";
import { Reservation } from "./reservation.ts";

/** `source` of every event on the bus. */
export const eventSource = "holdfast.inventory";

/** A level with what made this version of it, and the thresholds that watch it. */
export const LevelState = z
  .object({ ...Level.shape, lowStock: LowStock.optional(), movement: Movement })
  .meta({ id: "LevelState" });
export type LevelState = z.output<typeof LevelState>;

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

const event = <Type extends EventType, Subject extends z.ZodType>(type: Type, subject: Subject) =>
  z
    .object({ source: z.literal(eventSource), "detail-type": z.literal(type), detail: detail(subject) })
    .meta({ id: type, description: summaries[type] });

/** Schema of each event as the bus carries it, by its type. */
export const events = {
  StockLevelChanged: event("StockLevelChanged", LevelState),
  StockRanLow: event("StockRanLow", LevelState),
  StockRecovered: event("StockRecovered", LevelState),
  StockFellShort: event("StockFellShort", LevelState),
  ReservationHeld: event("ReservationHeld", Reservation),
  ReservationExtended: event("ReservationExtended", Reservation),
  ReservationPaying: event("ReservationPaying", Reservation),
  ReservationConfirmed: event("ReservationConfirmed", Reservation),
  ReservationFulfilled: event("ReservationFulfilled", Reservation),
  ReservationReleased: event("ReservationReleased", Reservation),
  ReservationExpired: event("ReservationExpired", Reservation),
  ItemChanged: event("ItemChanged", Item),
  LocationChanged: event("LocationChanged", Location),
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
  events.ItemChanged,
  events.LocationChanged,
]);
export type Event = z.output<typeof Event>;
export type EventOf<Type extends EventType> = Extract<Event, { readonly "detail-type": Type }>;

export const eventId = (type: EventType, subject: string, version: number): string => `${type}/${subject}/${version}`;
