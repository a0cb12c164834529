import { type EventTypeRaisedBy, events } from "../../contract/event.ts";
import type { Reservation } from "../../contract/reservation.ts";
import type { ChangeOf } from "../runtime/table-change/index.ts";

/** The events that the publisher raises. */
export type PublishedType = EventTypeRaisedBy<"publisher">;
type NounOf<Type extends PublishedType> = (typeof events)[Type]["about"];
type Noun = NounOf<PublishedType>;
type PublishedAbout<About extends Noun> = {
  [Type in PublishedType]: NounOf<Type> extends About ? Type : never;
}[PublishedType];

/**
 * The rule of each event, in the order in which the events of one change are published. A change of a reservation
 * raises only one event, the first whose rule is true: a shipped or released part is visible in its lines, everything
 * else in its status.
 */
const rules: { readonly [Type in PublishedType]: (change: ChangeOf<NounOf<Type>>) => boolean } = {
  StockLevelChanged: () => true,
  StockFellShort: ({ before, after }) => (before?.sellable ?? 0) >= 0 && after.sellable < 0,
  ReservationExpired: ({ after }) => after.status === "EXPIRED",
  ReservationFulfilled: (change) => hasGrown(change, "fulfilled"),
  ReservationReleased: (change) => hasGrown(change, "released"),
  ReservationExtended: ({ before, after }) => after.status === "HELD" && before?.status === "HELD",
  ReservationHeld: ({ after }) => after.status === "HELD",
  ReservationPaying: ({ after }) => after.status === "PAYING",
  ReservationConfirmed: () => true,
  ItemChanged: ({ before, after }) => before?.version !== after.version,
  LocationChanged: ({ before, after }) => before?.version !== after.version,
};

/** Returns the types of the events that a change raises. */
export function raisedBy<About extends Noun>(change: ChangeOf<About>): readonly PublishedAbout<About>[] {
  const types = Object.keys(rules) as PublishedType[];
  // The compiler does not see that an event and its rule have the same noun.
  const about = types.filter((type) => events[type].about === change.kind) as PublishedAbout<About>[];
  const raised = about.filter((type) => (rules[type] as (change: ChangeOf<About>) => boolean)(change));
  return change.kind === "reservation" ? raised.slice(0, 1) : raised;
}

function hasGrown({ before, after }: ChangeOf<"reservation">, field: "fulfilled" | "released"): boolean {
  return before !== undefined && sumOf(after, field) > sumOf(before, field);
}

const sumOf = ({ lines }: Reservation, field: "fulfilled" | "released"): number =>
  lines.flatMap(({ allocations }) => allocations).reduce((sum, allocation) => sum + allocation[field], 0);
