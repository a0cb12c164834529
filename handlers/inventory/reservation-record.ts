import { z } from "zod";
import { limits } from "../../contract/limits.ts";
import { Reservation } from "../../contract/reservation.ts";
import { deadlineIndex, ownerIndex, reservationKey } from "./keys.ts";
import type { PlanContext } from "./plan.ts";
import { deadlineOf } from "./reservation-state.ts";
import type { Attributes, Condition, TableWrite } from "./table-write.ts";

/** A reservation as the table stores it, with the actor and the request of its last change. */
export const ReservationRecord = z.object({
  ...Reservation.shape,
  type: z.literal("reservation"),
  actor: z.string(),
  requestId: z.string(),
});
export type ReservationRecord = z.output<typeof ReservationRecord>;

/** Drops the table's keys, index attributes and bookkeeping. The contract's own schema would refuse these fields. */
const ReservationFields = z.object(Reservation.shape);

export const reservationOf = (item: Attributes): Reservation => ReservationFields.parse(item);

/** Returns the write of a reservation. A new one needs an unused id; a later state needs the version that was read. */
export function reservationPut(planContext: PlanContext, next: Reservation, versionRead?: number): TableWrite {
  return {
    Put: {
      TableName: planContext.tables.inventory,
      Item: reservationItem(planContext, next),
      ...(versionRead === undefined ? idIsFree : versionIs(versionRead)),
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    },
  };
}

const idIsFree: Condition = {
  ConditionExpression: "attribute_not_exists(#pk)",
  ExpressionAttributeNames: { "#pk": "pk" },
};

const versionIs = (version: number): Condition => ({
  ConditionExpression: "#version = :versionRead",
  ExpressionAttributeNames: { "#version": "version" },
  ExpressionAttributeValues: { ":versionRead": version },
});

/** Adds the attributes of `byDeadline` only while a deadline runs, and a time to live only in a final state. */
function reservationItem({ context }: PlanContext, next: Reservation): Attributes {
  const deadline = deadlineOf(next);
  return {
    ...reservationKey(next.id),
    type: "reservation",
    ...next,
    ...ownerIndex(next.owner, next.createdAt, next.id),
    ...(deadline !== undefined && deadlineIndex(next.id, deadline)),
    ...(isFinal(next) && { ttl: keptUntilSeconds(next) }),
    actor: context.actor,
    requestId: context.requestId,
  };
}

const isFinal = ({ status }: Reservation): boolean =>
  status === "FULFILLED" || status === "RELEASED" || status === "EXPIRED";

const keptUntilSeconds = ({ updatedAt }: Reservation): number =>
  Math.floor(Date.parse(updatedAt) / 1_000) + limits.reservationKeptDays * 86_400;
