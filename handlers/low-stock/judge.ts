import type { EventOf, EventTypeRaisedBy } from "../../contract/event.ts";

export type LevelChanged = EventOf<"StockLevelChanged">["detail"];
type LowStock = NonNullable<LevelChanged["after"]["lowStock"]>;
/** A watched level came down to its threshold, or back up to `clear`. */
export type Crossing = EventTypeRaisedBy<"low-stock">;

/** A change that waits for the ones before it. */
export interface Waiting {
  readonly sinceMs: number;
  readonly detail: LevelChanged;
}

/** What is known of a level that a policy watches. */
export interface Alert {
  /** Every change up to this version was judged. */
  readonly version: number;
  /** Whether the last crossing was down: only `clear` or more arms it again. */
  readonly low: boolean;
  /** The policy was taken away at `version`; a later one starts anew. */
  readonly ended: boolean;
  readonly waiting: readonly Waiting[];
  /** Crossings that were decided and may not be announced yet. */
  readonly raised: readonly Raised[];
}

export interface Raised {
  readonly type: Crossing;
  readonly detail: LevelChanged;
}

/**
 * A change that never comes holds the others up for so long; then they are judged without it. A change whose judgement
 * failed is back after 60 s, the queue's visibility time-out, and twice is not too often.
 */
export const patienceMs = 150_000;
/** Far above what a queue reorders within the patience. */
const waitingCountMax = 50;

interface CrossingRule {
  /** Whether the level counts as low from then on. */
  readonly isLowAfter: boolean;
  readonly isReached: (available: number, policy: LowStock) => boolean;
}

/** When a watched level raises each event: the first rule that is reached and moves it from low to not low, or back. */
const crossings: { readonly [Type in Crossing]: CrossingRule } = {
  StockRanLow: { isLowAfter: true, isReached: (available, { threshold }) => available <= threshold },
  StockRecovered: { isLowAfter: false, isReached: (available, { clear }) => available >= clear },
};
export const crossingTypes = Object.keys(crossings) as readonly Crossing[];

/**
 * Hysteresis depends on the order of changes, and a queue keeps none: a change is judged when the one before it was,
 * and waits for that. Changes that were judged already are dropped, so that each crossing is raised once.
 */
export function advance(known: Alert | undefined, changes: readonly LevelChanged[], nowMs: number): Alert | undefined {
  const waiting = new Map(known?.waiting.map((entry) => [entry.detail.version, entry]));
  for (const detail of changes) {
    if (detail.version <= (known?.version ?? 0) || waiting.has(detail.version)) continue;
    waiting.set(detail.version, { sinceMs: nowMs, detail });
  }
  let alert = known;
  for (;;) {
    const next = nextOf(alert, [...waiting.values()], nowMs);
    if (!next) break;
    waiting.delete(next.version);
    alert = judge(alert, next);
  }
  const left = [...waiting.values()].filter(({ detail }) => detail.version > (alert?.version ?? 0));
  if (alert) return { ...alert, waiting: left };
  return left.length > 0 ? { version: 0, low: false, ended: true, waiting: left, raised: [] } : undefined;
}

function nextOf(alert: Alert | undefined, waiting: readonly Waiting[], nowMs: number): LevelChanged | undefined {
  const [first] = waiting.toSorted((left, right) => left.detail.version - right.detail.version);
  if (!first) return undefined;
  const { detail, sinceMs } = first;
  const follows = alert !== undefined && detail.version === alert.version + 1;
  const starts = detail.before?.lowStock === undefined && (alert === undefined || alert.ended);
  const impatient = nowMs - sinceMs >= patienceMs || waiting.length > waitingCountMax;
  return follows || starts || impatient ? detail : undefined;
}

function judge(alert: Alert | undefined, detail: LevelChanged): Alert {
  const { version, after } = detail;
  const wasLow = alert?.low ?? false;
  const raised = alert?.raised ?? [];
  const judged = { version, waiting: [], ended: after.lowStock === undefined };
  if (after.lowStock === undefined) return { ...judged, low: false, raised };
  const { available, lowStock } = after;
  const type = crossingTypes.find(
    (type) => crossings[type].isLowAfter !== wasLow && crossings[type].isReached(available, lowStock),
  );
  if (type === undefined) return { ...judged, low: wasLow, raised };
  return { ...judged, low: crossings[type].isLowAfter, raised: [...raised, { type, detail }] };
}
