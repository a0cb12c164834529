import { z } from "zod";
import { eventDetails } from "./event-detail.ts";

/** `source` of every event on the bus. */
export const eventSource = "holdfast.inventory";

/** An entry of the table of events. */
interface EventEntry {
  readonly summary: string;
  /** The subject of the event. It decides the shape of `detail`. */
  readonly about: keyof typeof eventDetails;
  /** The function that raises the event. A table in its folder says when. */
  readonly raisedBy: "publisher" | "low-stock" | "reservations";
}

/** Every event, by its type (`detail-type` on the bus). Schemas, webhooks, rules and AsyncAPI use this table. */
export const events = {
  StockLevelChanged: {
    summary: "A level changed: one event a version.",
    about: "level",
    raisedBy: "publisher",
  },
  StockRanLow: {
    summary: "`available` came down to the threshold of the level's policy or below, once until it recovers.",
    about: "level",
    raisedBy: "low-stock",
  },
  StockRecovered: {
    summary: "`available` came back up to `clear` or above, after StockRanLow.",
    about: "level",
    raisedBy: "low-stock",
  },
  StockFellShort: {
    summary: "`sellable` fell below zero, by a count or damage: more is promised than there is.",
    about: "level",
    raisedBy: "publisher",
  },
  ReservationHeld: {
    summary: "A reservation was made, or is held again after a failed payment.",
    about: "reservation",
    raisedBy: "publisher",
  },
  ReservationExtended: { summary: "Its expiresAt moved.", about: "reservation", raisedBy: "publisher" },
  ReservationPaying: { summary: "Payment began.", about: "reservation", raisedBy: "publisher" },
  ReservationConfirmed: { summary: "It no longer expires.", about: "reservation", raisedBy: "publisher" },
  ReservationFulfilled: { summary: "All of it, or a part, was shipped.", about: "reservation", raisedBy: "publisher" },
  ReservationReleased: {
    summary: "All of it, or a part, was given back.",
    about: "reservation",
    raisedBy: "publisher",
  },
  ReservationExpired: { summary: "Its deadline passed.", about: "reservation", raisedBy: "publisher" },
  ReservationRefused: {
    summary: "A hold was refused, so nothing was made. Best effort: a few may be missing.",
    about: "request",
    raisedBy: "reservations",
  },
  ItemChanged: {
    summary: "An item was created, changed, archived or restored.",
    about: "item",
    raisedBy: "publisher",
  },
  LocationChanged: {
    summary: "A location was created, changed, archived or restored.",
    about: "location",
    raisedBy: "publisher",
  },
} as const satisfies Readonly<Record<string, EventEntry>>;
type Events = typeof events;

/** The name of an event: its `detail-type` on the bus. */
export type EventType = keyof Events;
/** All types, in the order of the table. */
export const eventTypes = Object.keys(events) as readonly EventType[] as readonly [EventType, ...EventType[]];

/** The types of the events that a function raises. */
export type EventTypeRaisedBy<Raiser extends EventEntry["raisedBy"]> = {
  [Type in EventType]: Events[Type]["raisedBy"] extends Raiser ? Type : never;
}[EventType];

const schemaOf = <Type extends EventType>(type: Type) =>
  z
    .object({
      source: z.literal(eventSource),
      "detail-type": z.literal(type),
      detail: eventDetails[events[type].about] as (typeof eventDetails)[Events[Type]["about"]],
    })
    .meta({ id: type, description: events[type].summary });

/** Schema of each event as the bus carries it, by its type. */
export const eventSchemas = Object.fromEntries(eventTypes.map((type) => [type, schemaOf(type)])) as {
  readonly [Type in EventType]: ReturnType<typeof schemaOf<Type>>;
};

type AnySchema = (typeof eventSchemas)[EventType];
/** Any event of the bus. */
export const Event = z.discriminatedUnion(
  "detail-type",
  eventTypes.map((type) => eventSchemas[type]) as readonly AnySchema[] as readonly [AnySchema, ...AnySchema[]],
);
export type Event = z.output<typeof Event>;
/** The event of a type. */
export type EventOf<Type extends EventType> = Extract<Event, { readonly "detail-type": Type }>;

/** Returns the id of an event, which is the same in every delivery. */
export const eventId = (type: EventType, subject: string, version: number): string => `${type}/${subject}/${version}`;
