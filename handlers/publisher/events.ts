import { z } from "zod";
import { Item, Location } from "../../contract/catalogue.ts";
import { type Event, type EventOf, eventId, eventSource } from "../../contract/event.ts";
import type { Cause } from "../../contract/movement.ts";
import {
  type ItemRecord,
  type LevelRecord,
  type LocationRecord,
  publicStatus,
  type ReservationRecord,
  reservationOf,
  toLevel,
} from "../inventory/index.ts";
import type { ChangeOf } from "../runtime/table-change/index.ts";
import { type PublishedType, raisedBy } from "./raised-by.ts";

type PublishedChange = ChangeOf<"level"> | ChangeOf<"reservation"> | ChangeOf<"item"> | ChangeOf<"location">;

/** Returns the events of one change in publishing order. The same change always gives the same events. */
export function eventsOf(change: PublishedChange): readonly Event[] {
  switch (change.kind) {
    case "level":
      return levelEvents(change);
    case "reservation":
      return reservationEvents(change);
    case "item":
      return itemEvents(change);
    case "location":
      return locationEvents(change);
    default:
      return change satisfies never;
  }
}

function levelEvents(change: ChangeOf<"level">): readonly Event[] {
  const { before, after } = change;
  const { occurredAt, cause, actor, requestId } = after.movement;
  const about = { subject: `stock/${after.sku}/${after.location}`, occurredAt, cause, actor, correlationId: requestId };
  const states = { before: before ? levelState(before) : null, after: levelState(after) };
  return raisedBy(change).map((type) => eventOf(type, { ...about, ...states }));
}

const levelState = (record: LevelRecord) => ({
  ...toLevel(record, record),
  ...(record.lowStock && { lowStock: record.lowStock }),
  movement: record.movement,
});

function reservationEvents(change: ChangeOf<"reservation">): readonly Event[] {
  const { before, after } = change;
  const states = { before: before ? reservationOf(before) : null, after: reservationOf(after) };
  const about = { subject: `reservation/${after.id}`, occurredAt: after.updatedAt, ...requested(after) };
  return raisedBy(change).map((type) => eventOf(type, { ...about, ...states }));
}

/** The contract's schemas refuse unknown fields. These schemas drop the internal fields of the table instead. */
const ItemFields = z.object(Item.shape);
const LocationFields = z.object(Location.shape);
const itemState = (record: ItemRecord): Item => ItemFields.parse({ ...record, status: publicStatus(record.status) });
const locationState = (record: LocationRecord): Location =>
  LocationFields.parse({ ...record, status: publicStatus(record.status) });

function itemEvents(change: ChangeOf<"item">): readonly Event[] {
  const { before, after } = change;
  const states = { before: before ? itemState(before) : null, after: itemState(after) };
  const about = { subject: `item/${after.sku}`, occurredAt: after.updatedAt, ...requested(after) };
  return raisedBy(change).map((type) => eventOf(type, { ...about, ...states }));
}

function locationEvents(change: ChangeOf<"location">): readonly Event[] {
  const { before, after } = change;
  const states = { before: before ? locationState(before) : null, after: locationState(after) };
  const about = { subject: `location/${after.id}`, occurredAt: after.updatedAt, ...requested(after) };
  return raisedBy(change).map((type) => eventOf(type, { ...about, ...states }));
}

/** Returns the cause of a change. Old catalogue records have no `actor`. */
const requested = ({
  actor = "unknown",
  requestId,
}: Pick<ReservationRecord | ItemRecord | LocationRecord, "actor" | "requestId">) => ({
  cause: { type: "request", id: requestId } satisfies Cause,
  actor,
  correlationId: requestId,
});

function eventOf<Type extends PublishedType>(
  type: Type,
  detail: Omit<EventOf<Type>["detail"], "id" | "version">,
): EventOf<Type> {
  const { version } = detail.after;
  const id = eventId(type, detail.subject, version);
  // The compiler does not see that these parts form one member of the union.
  return { source: eventSource, "detail-type": type, detail: { id, version, ...detail } } as unknown as EventOf<Type>;
}
