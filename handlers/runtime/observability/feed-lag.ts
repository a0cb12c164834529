import type { Clock } from "../../inventory/index.ts";
import type { Meter } from "./meter.ts";

/** Measures how late a batch of changes arrived, by its oldest change; an empty batch is not measured. */
export function measureFeedLag(
  { clock, meter }: { readonly clock: Clock; readonly meter: Meter },
  changedAt: readonly string[],
): void {
  if (changedAt.length === 0) return;
  const oldestAtMs = changedAt.reduce((oldest, at) => Math.min(oldest, Date.parse(at)), Number.POSITIVE_INFINITY);
  meter.measure("FeedLag", clock() - oldestAtMs);
}
