import type { EventOf } from "../../contract/event.ts";
import { LocationId, Sku } from "../../contract/identifiers.ts";

type LevelChanged = EventOf<"StockLevelChanged">;
export interface Step {
  readonly available: number;
  /** Absent: no policy. */
  readonly lowStock?: { readonly threshold: number; readonly clear: number };
}

const at = "2026-03-01T10:00:00.000Z";

function stateOf(sku: string, version: number, { available, lowStock }: Step): LevelChanged["detail"]["after"] {
  const movement = { id: `r-${version}`, kind: "adjust", quantity: 1, deltas: {}, actor: "ada" } as const;
  return {
    sku: Sku.parse(sku),
    location: LocationId.parse("LEEDS"),
    onHand: Math.max(available, 0),
    reserved: 0,
    incoming: 0,
    damaged: 0,
    qualityHold: 0,
    safety: 0,
    available,
    backorderLimit: 0,
    sellable: available,
    version,
    updatedAt: at,
    ...(lowStock && { lowStock }),
    movement: { ...movement, cause: { type: "request", id: "r" }, at, occurredAt: at, requestId: "r" },
  };
}

/** Returns the events of a level that went through these steps, one version for each step, from 1. */
export function levelChanges(sku: string, steps: readonly Step[]): readonly LevelChanged[] {
  return steps.map((step, index) => {
    const version = index + 1;
    const previous = steps[index - 1];
    return {
      source: "holdfast.inventory",
      "detail-type": "StockLevelChanged",
      detail: {
        id: `StockLevelChanged/stock/${sku}/LEEDS/${version}`,
        subject: `stock/${sku}/LEEDS`,
        version,
        occurredAt: at,
        actor: "ada",
        cause: { type: "request", id: "r" },
        correlationId: "r",
        before: previous ? stateOf(sku, index, previous) : null,
        after: stateOf(sku, version, step),
      },
    };
  });
}

/** Returns whether the bus rule for levels with a low-stock policy lets an event pass. */
export const isWatched = ({ detail }: LevelChanged): boolean =>
  detail.after.lowStock !== undefined || detail.before?.lowStock !== undefined;
