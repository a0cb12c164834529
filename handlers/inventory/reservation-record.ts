import { z } from "zod";
import { limits } from "../../contract/limits.ts";
import { Reservation } from "../../contract/reservation.ts";
import { deadlineIndex, ownerIndex, reservationKey } from "./keys.ts";
import type { PlanContext } from "./plan.ts";
import { deadlineOf } from "./reservation-state.ts";
import type { Attributes, Condition, TableWrite } from "./table-write.ts";

/** A reservation as the table holds it, with who made its last change, and by which request. */
export const ReservationRecord = z.object({
  ...Reservation.shape,
  type: z.literal("reservation"),
  actor: z.string(),
  requestId: z.string(),
});
export type ReservationRecord = z.output<typeof ReservationRecord>;

/** The contract's schema refuses other fields; here the keys, indexes and bookkeeping of the table are dropped. */
const ReservationFields = z.object(Reservation.shape);

export const reservationOf = (item: Attributes): Reservation => ReservationFields.parse(item);

/** A new reservation stands on a free id, a later state on the version it was decided on. */
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

/** Only while a deadline runs is it in `byDeadline`; only when nothing can follow does its time to live run. */
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
