import { type EventTypeRaisedBy, eventId } from "../../../contract/event.ts";
import type { LocationId, Sku } from "../../../contract/identifiers.ts";
import type { MadeEvent } from "../listen/event-log.ts";
import type { Watch } from "../replay/journal.ts";
import type { LedgerStep } from "./ledger.ts";
import { sellableOf } from "./levels.ts";

/** A watched level's change that took it down to its threshold, or back up to `clear`. */
export interface Crossing extends MadeEvent {
  readonly type: EventTypeRaisedBy<"low-stock">;
  readonly sku: Sku;
  readonly location: LocationId;
  readonly version: number;
  readonly available: number;
  /** The kind of the movement that changed the level. */
  readonly kind: string;
}

/**
 * Returns the crossings of a watched level, from the version at which its policy was set. A level runs low at
 * `threshold` or below, and does so again only after it reached `clear` or more. `steps` are the level's steps in the
 * order of versions. Assumes that nobody else sets the policy during the run.
 */
export function crossingsOf(watch: Watch, steps: readonly LedgerStep[]): Crossing[] {
  const { sku, location, threshold, clear } = watch;
  const crossings: Crossing[] = [];
  let isLow = false;
  const watchedFrom = steps.findLast(({ kind }) => kind === "policy")?.version ?? Number.POSITIVE_INFINITY;
  for (const step of steps) {
    if (step.version < watchedFrom) continue;
    const available = availableAfter(step);
    if (isLow ? available < clear : available > threshold) continue;
    const type = isLow ? "StockRecovered" : "StockRanLow";
    isLow = !isLow;
    const { version, kind, atMs } = step;
    const id = eventId(type, `stock/${sku}/${location}`, version);
    crossings.push({ id, type, sku, location, version, available, kind, atMs });
  }
  return crossings;
}

const availableAfter = ({ after }: LedgerStep): number => sellableOf(after) - after.backorderLimit;
