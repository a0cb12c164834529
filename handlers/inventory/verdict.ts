import type { Shortfall } from "../../contract/problem.ts";
import { type Guard, guardHolds } from "./guard.ts";
import { placeName } from "./level.ts";
import type { LevelChange } from "./level-change.ts";
import type { Refused } from "./outcome.ts";
import type { PlannedWrite } from "./plan.ts";
import { insufficient, mostImportant, quantityLimit, reservationExists, versionMoved } from "./refusal.ts";
import type { Attributes } from "./table-write.ts";

/** One write of a cancelled transaction whose condition failed; `old` is the stored item, if there was one. */
export interface FailedWrite {
  readonly planned: PlannedWrite;
  readonly old: Attributes | undefined;
}

/**
 * What a cancelled transaction means. `record`: the key has a request record. `stale`: something has changed since it
 * was read, so read and plan again.
 */
export type Verdict =
  | { readonly kind: "record"; readonly old: Attributes | undefined }
  | { readonly kind: "stale" }
  | Refused;

/** Maps each failed condition to its meaning. The request record has precedence over every other reason. */
export function verdictOf(failed: readonly FailedWrite[]): Verdict {
  const request = failed.find(({ planned }) => planned.role === "request");
  if (request) return { kind: "record", old: request.old };
  if (failed.some(isStale)) return { kind: "stale" };
  const refusal = mostImportant([...versionRefusals(failed), ...reservationRefusals(failed), ...stockRefusals(failed)]);
  if (!refusal) throw new Error(`a transaction of ${failed.length} failed conditions has no meaning`);
  return refusal;
}

function isStale({ planned, old }: FailedWrite): boolean {
  if (planned.role === "reservation") return true;
  return planned.role === "level" && planned.change.version?.by === "read" && versionDiffers(planned.change, old);
}

const versionOf = (old: Attributes | undefined): number => (old?.version as number | undefined) ?? 0;

const versionDiffers = ({ version }: LevelChange, old: Attributes | undefined): boolean =>
  version !== undefined && version.number !== versionOf(old);

function versionRefusals(failed: readonly FailedWrite[]): Refused[] {
  return levelsOf(failed)
    .filter(({ change, old }) => versionDiffers(change, old))
    .map(({ change, old }) => versionMoved(placeName(change.place), change.version?.number ?? 0, versionOf(old)));
}

function reservationRefusals(failed: readonly FailedWrite[]): Refused[] {
  return failed.flatMap(({ planned }) => (planned.role === "newReservation" ? [reservationExists(planned.id)] : []));
}

function stockRefusals(failed: readonly FailedWrite[]): Refused[] {
  const levels = levelsOf(failed);
  const shortfalls = levels.flatMap(({ change, old }) => shortfallOf(change, old) ?? []);
  const above = levels.filter(({ change, old }) => failedGuard(change, old, "max"));
  return [
    ...(shortfalls.length > 0 ? [insufficient(shortfalls)] : []),
    ...(above.length > 0 ? [quantityLimit(above.map(({ change }) => placeName(change.place)))] : []),
  ];
}

/** Names `sellable` when it and a quantity are both too low, because `sellable` is what the client can still get. */
function shortfallOf(change: LevelChange, old: Attributes | undefined): Shortfall | undefined {
  const guard = failedGuard(change, old, "min");
  if (!guard) return undefined;
  const available = (old?.[guard.attribute] as number | undefined) ?? 0;
  return { ...change.place, requested: guard.value, available };
}

const failedGuard = (change: LevelChange, old: Attributes | undefined, bound: Guard["bound"]): Guard | undefined =>
  change.guards.find((guard) => guard.bound === bound && !guardHolds(guard, old));

function levelsOf(failed: readonly FailedWrite[]): { change: LevelChange; old: Attributes | undefined }[] {
  return failed.flatMap(({ planned, old }) => (planned.role === "level" ? [{ change: planned.change, old }] : []));
}
