import type { ReservationId } from "../../contract/identifiers.ts";
import { movementKinds, type ReservationKind } from "../../contract/movement-kind.ts";
import type { Reservation } from "../../contract/reservation.ts";
import { guardsOf } from "./guard.ts";
import type { LevelChange } from "./level-change.ts";
import { foldByLevel } from "./level-lines.ts";
import { movementOf } from "./movement.ts";
import { composePlan, type Decision, type Needs, type PlanContext, type PlannedWrite } from "./plan.ts";
import { reservationNotFound } from "./refusal.ts";
import type { Part } from "./reservation-parts.ts";
import { reservationPut } from "./reservation-record.ts";
import { type Act, moveReservation } from "./reservation-state.ts";

/** A request to change a reservation. `owner` limits it to the reservations of that owner. */
export interface TransitionRequest {
  readonly id: ReservationId;
  readonly act: Act;
  readonly owner?: string | undefined;
  readonly expectedVersion?: number | undefined;
}

/**
 * Nothing must exist: the items and locations existed at the hold, and archiving them later must not block a promise.
 */
export const transitionNeeds: Needs = { existence: "known", skus: [], locations: [] };

/** Plans an act. The reservation is written as a compare on its version; its levels change by deltas beside it. */
export function planTransition(
  planContext: PlanContext,
  request: TransitionRequest,
  stored: Reservation | undefined,
): Decision {
  const { id, act, owner, expectedVersion } = request;
  if (!stored || (owner !== undefined && owner !== stored.owner)) return reservationNotFound(id);
  const move = moveReservation(stored, act, { atMs: planContext.atMs, expectedVersion });
  if (move.kind === "refused") return move;
  if (move.kind === "unchanged") return planRecordOnly(planContext, move.reservation);
  const reservation: PlannedWrite = {
    role: "reservation",
    write: reservationPut(planContext, move.next, stored.version),
  };
  return composePlan(planContext, {
    answer: { type: "reservation", reservation: move.next },
    needs: transitionNeeds,
    reservation,
    changes: move.levels ? partChanges(planContext, { id, kind: move.levels.kind, parts: move.levels.parts }) : [],
  });
}

/** Plans the request record alone: nothing changes, but a repeated request must get the same answer. */
function planRecordOnly(planContext: PlanContext, reservation: Reservation): Decision {
  return composePlan(planContext, {
    answer: { type: "reservation", reservation },
    needs: transitionNeeds,
    changes: [],
  });
}

interface PartsMoved {
  readonly id: string;
  readonly kind: ReservationKind;
  readonly parts: readonly Part[];
}

/** Returns one change for each level. Several lines may hold stock of one level: it changes once, by their sum. */
export function partChanges(planContext: PlanContext, { id, kind, parts }: PartsMoved): LevelChange[] {
  const levels = foldByLevel(parts, (first, next) => ({ ...first, quantity: first.quantity + next.quantity }));
  return levels.map(({ sku, location, quantity }, index) => {
    const deltas = movementKinds[kind].deltas(quantity);
    const movement = movementOf(planContext, { kind, quantity, deltas, index, reservationId: id });
    return { place: { sku, location }, movement, guards: guardsOf(kind, deltas) };
  });
}
