import type { Clock } from "../../inventory/index.ts";
import type { Meter } from "./meter.ts";

/** Records how late a batch of changes arrived, from its oldest change. An empty batch records nothing. */
export function measureFeedLag(
  { clock, meter }: { readonly clock: Clock; readonly meter: Meter },
  changedAt: readonly string[],
): void {
  if (changedAt.length === 0) return;
  const oldestAtMs = changedAt.reduce((oldest, at) => Math.min(oldest, Date.parse(at)), Number.POSITIVE_INFINITY);
  meter.measure("FeedLag", clock() - oldestAtMs);
}
