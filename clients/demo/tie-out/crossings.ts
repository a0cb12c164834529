import { type EventTypeRaisedBy, eventId } from "../../../contract/event.ts";
import type { LocationId, Sku } from "../../../contract/identifiers.ts";
import type { MadeEvent } from "../listen/event-log.ts";
import type { Watch } from "../replay/journal.ts";
import type { LedgerStep } from "./ledger.ts";
import { sellableOf } from "./levels.ts";

/** A level that a policy watches came down to its threshold, or back up to `clear`. */
export interface Crossing extends MadeEvent {
  readonly type: EventTypeRaisedBy<"low-stock">;
  readonly sku: Sku;
  readonly location: LocationId;
  readonly version: number;
  readonly available: number;
  /** What changed the level: a movement's kind. */
  readonly kind: string;
}

/**
 * The crossings of a watched level, from the version at which its policy was set: low at `threshold` or below, once
 * until it has `clear` or more. `steps` are the level's, by version. Nobody else sets its policy while the run lasts.
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
