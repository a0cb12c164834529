import type { EventOf, EventTypeRaisedBy } from "../../contract/event.ts";

export type LevelChanged = EventOf<"StockLevelChanged">["detail"];
type LowStock = NonNullable<LevelChanged["after"]["lowStock"]>;
/** The event of a watched level that fell to its threshold or rose to `clear` again. */
export type Crossing = EventTypeRaisedBy<"low-stock">;

/** A change that waits for earlier ones. */
export interface Waiting {
  readonly sinceMs: number;
  readonly detail: LevelChanged;
}

/** The state of a level that a policy watches. */
export interface Alert {
  /** Every change up to this version has been evaluated. */
  readonly version: number;
  /** Whether the last event was StockRanLow. Only a quantity of `clear` or more resets it. */
  readonly low: boolean;
  /** Whether the policy was removed at `version`. A later policy starts from the beginning. */
  readonly ended: boolean;
  readonly waiting: readonly Waiting[];
  /** Events that were decided and may not be published yet. */
  readonly raised: readonly Raised[];
}

export interface Raised {
  readonly type: Crossing;
  readonly detail: LevelChanged;
}

/**
 * How long later changes wait for a missing one; then they are evaluated without it. The queue delivers a failed change
 * again after 60 s, its visibility time-out, so this time allows for two failures.
 */
export const patienceMs = 150_000;
/** Far above the number of changes that a queue reorders within `patienceMs`. */
const waitingCountMax = 50;

interface CrossingRule {
  /** Whether the level counts as low after the event. */
  readonly isLowAfter: boolean;
  readonly isReached: (available: number, policy: LowStock) => boolean;
}

/** The rule of each event. The first rule that is reached and changes whether the level is low raises its event. */
const crossings: { readonly [Type in Crossing]: CrossingRule } = {
  StockRanLow: { isLowAfter: true, isReached: (available, { threshold }) => available <= threshold },
  StockRecovered: { isLowAfter: false, isReached: (available, { clear }) => available >= clear },
};
export const crossingTypes = Object.keys(crossings) as readonly Crossing[];

/**
 * Evaluates changes and returns the next state of an alert. Hysteresis depends on the order of changes, but a queue
 * does not keep it: a change waits until the one before it has been evaluated. Changes that have already been evaluated
 * are dropped, so that each event is raised once.
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
