import { z } from "zod";
import { Item, Location } from "./catalogue.ts";
import { Instant } from "./identifiers.ts";
import { Level, LowStock } from "./level.ts";
import { Cause, Movement } from "./movement.ts";
import { Shortfall } from "./problem.ts";
import { HoldCommand, Reservation } from "./reservation.ts";

/** A level, the movement that made this version of it, and its low-stock thresholds (absent: none). */
export const LevelState = z
  .object({ ...Level.shape, lowStock: LowStock.optional(), movement: Movement })
  .meta({ id: "LevelState" });
export type LevelState = z.output<typeof LevelState>;

/** The codes with which a well-formed hold can be refused. Mistakes in the request itself raise no event. */
export const HoldRefusalCode = z.enum([
  "item_not_found",
  "location_not_found",
  "reservation_exists",
  "insufficient_stock",
  "quantity_limit",
]);

/** A refused hold: what was requested, and why it was refused. Only `insufficient_stock` has `shortfalls`. */
export const RefusedHold = z
  .object({
    ...HoldCommand.pick({ id: true, owner: true, channel: true, reference: true, lines: true }).shape,
    code: HoldRefusalCode,
    detail: z.string(),
    shortfalls: z.array(Shortfall).optional(),
  })
  .meta({ id: "RefusedHold" });
export type RefusedHold = z.output<typeof RefusedHold>;

/** Returns the schema that all events share: who changed what, why, and the state before and after. */
const detailOf = <State extends z.ZodType>(state: State) =>
  z.object({
    id: z.string().meta({ description: "`<type>/<subject>/<version>`: the same when an event is delivered again" }),
    occurredAt: Instant,
    subject: z.string().meta({ description: "`stock/SKU/LOCATION`, `reservation/ID`, `item/SKU` or `location/ID`" }),
    version: z
      .int()
      .min(1)
      .meta({ description: "Of the subject after the change; the newest wins, whatever the order" }),
    before: state.nullable().meta({ description: "null: the subject did not exist" }),
    after: state,
    cause: Cause,
    actor: z.string(),
    correlationId: z.string().meta({ description: "Id of the request that made the change" }),
  });

/** The detail of a refusal. Nothing was made, so there is no version, and the request is the subject. */
const refusedDetail = z.object({
  ...detailOf(z.null()).shape,
  subject: z.string().meta({ description: "`request/ID`" }),
  version: z.literal(0),
  refused: RefusedHold,
});

/** The schema of an event's `detail`, by what the event is about. */
export const eventDetails = {
  level: detailOf(LevelState),
  reservation: detailOf(Reservation),
  item: detailOf(Item),
  location: detailOf(Location),
  request: refusedDetail,
} as const;
