import type { Movement } from "../../contract/movement.ts";
import type { MovementKind } from "../../contract/movement-kind.ts";
import type { Deltas } from "../../contract/quantity.ts";
import { instantOf, type PlanContext } from "./plan.ts";

interface Moved {
  readonly kind: MovementKind;
  readonly quantity: number | null;
  readonly deltas: Deltas;
  /** The position of the change in its command, from 0. */
  readonly index: number;
  /** The cause of the movement. When absent, the cause is the request. */
  readonly reservationId?: string;
  readonly described?: Described;
}

type Described = { readonly [Field in "reason" | "reference" | "occurredAt"]?: string | undefined };

/** Returns the ledger entry of one change: who made it, when, why, and what it added to each quantity. */
export function movementOf({ context, atMs }: PlanContext, moved: Moved): Movement {
  const { requestId, actor } = context;
  const { kind, quantity, deltas, index, reservationId } = moved;
  const { reason, reference, occurredAt } = moved.described ?? {};
  const at = instantOf(atMs);
  return {
    id: `${requestId}-${index + 1}`,
    kind,
    quantity,
    deltas: withoutZeros(deltas),
    cause: reservationId ? { type: "reservation", id: reservationId } : { type: "request", id: requestId },
    actor,
    ...(reason !== undefined && { reason }),
    ...(reference !== undefined && { reference }),
    at,
    occurredAt: occurredAt ?? at,
    requestId,
  };
}

const withoutZeros = (deltas: Deltas): Deltas =>
  Object.fromEntries(Object.entries(deltas).filter(([, delta]) => delta !== 0));
