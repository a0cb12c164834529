import { Item, Location } from "../../contract/catalogue.ts";
import { type Event, type EventOf, type EventType, eventId, eventSource } from "../../contract/event.ts";
import type { Cause } from "../../contract/movement.ts";
import { Reservation } from "../../contract/reservation.ts";
import { type LevelRecord, toLevel } from "../inventory/index.ts";
import type { Change, ItemChange, LevelChange, LocationChange, ReservationChange } from "./change.ts";

type Told = Exclude<Change, { readonly kind: "ignored" | "wrong" }>;

/** The events of one change, in the order in which they are told. Pure: the same change makes the same events. */
export function eventsOf(change: Told): readonly Event[] {
  switch (change.kind) {
    case "level":
      return levelEvents(change);
    case "reservation":
      return [reservationEvent(change)];
    case "item":
      return itemEvents(change);
    case "location":
      return locationEvents(change);
    default:
      return change satisfies never;
  }
}

function levelEvents({ before, after }: LevelChange): readonly Event[] {
  const types: EventType[] = ["StockLevelChanged"];
  if ((before?.sellable ?? 0) >= 0 && after.sellable < 0) types.push("StockFellShort");
  const { occurredAt, cause, actor, requestId } = after.movement;
  const about = { subject: `stock/${after.sku}/${after.location}`, occurredAt, cause, actor, correlationId: requestId };
  const states = { before: before ? levelState(before) : null, after: levelState(after) };
  return types.map((type) => eventOf(type as "StockLevelChanged", { ...about, ...states }));
}

const levelState = (record: LevelRecord) => ({
  ...toLevel(record, record),
  ...(record.lowStock && { lowStock: record.lowStock }),
  movement: record.movement,
});

function reservationEvent({ before, after }: ReservationChange): Event {
  const states = { before: before ? reservationState(before) : null, after: reservationState(after) };
  return eventOf(reservationEventType({ before, after }) as "ReservationHeld", {
    subject: `reservation/${after.id}`,
    occurredAt: after.updatedAt,
    ...requested(after),
    ...states,
  });
}

/** What was done: a part that was shipped or given back shows in the lines, everything else in the status. */
function reservationEventType({ before, after }: ReservationChange): EventType {
  if (after.status === "EXPIRED") return "ReservationExpired";
  const moved = (field: "fulfilled" | "released") => before !== undefined && sumOf(after, field) > sumOf(before, field);
  if (moved("fulfilled")) return "ReservationFulfilled";
  if (moved("released")) return "ReservationReleased";
  if (after.status === "HELD") return before?.status === "HELD" ? "ReservationExtended" : "ReservationHeld";
  return after.status === "PAYING" ? "ReservationPaying" : "ReservationConfirmed";
}

const sumOf = ({ lines }: Reservation, field: "fulfilled" | "released"): number =>
  lines.flatMap(({ allocations }) => allocations).reduce((sum, allocation) => sum + allocation[field], 0);

/** Only what the contract shows; keys, indexes and bookkeeping stay inside. */
const reservationState = ({ actor: _, requestId: __, type: ___, ...reservation }: ReservationChange["after"]) =>
  Reservation.parse(reservation);

function itemEvents({ before, after }: ItemChange): readonly Event[] {
  if (before?.version === after.version) return [];
  const state = ({ actor: _, requestId: __, type: ___, ...item }: ItemChange["after"]) => Item.parse(item);
  const states = { before: before ? state(before) : null, after: state(after) };
  const about = { subject: `item/${after.sku}`, occurredAt: after.updatedAt, ...requested(after) };
  return [eventOf("ItemChanged", { ...about, ...states })];
}

function locationEvents({ before, after }: LocationChange): readonly Event[] {
  if (before?.version === after.version) return [];
  const state = ({ actor: _, requestId: __, type: ___, ...location }: LocationChange["after"]) =>
    Location.parse(location);
  const states = { before: before ? state(before) : null, after: state(after) };
  const about = { subject: `location/${after.id}`, occurredAt: after.updatedAt, ...requested(after) };
  return [eventOf("LocationChanged", { ...about, ...states })];
}

const requested = ({ actor, requestId }: { readonly actor: string; readonly requestId: string }) => ({
  cause: { type: "request", id: requestId } satisfies Cause,
  actor,
  correlationId: requestId,
});

function eventOf<Type extends Exclude<EventType, "ReservationRefused">>(
  type: Type,
  detail: Omit<EventOf<Type>["detail"], "id" | "version">,
): EventOf<Type> {
  const { version } = detail.after;
  const id = eventId(type, detail.subject, version);
  // The compiler does not see that the parts of one member of the union make that member.
  return { source: eventSource, "detail-type": type, detail: { id, version, ...detail } } as unknown as EventOf<Type>;
}
