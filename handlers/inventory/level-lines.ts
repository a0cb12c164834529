import { limits } from "../../contract/limits.ts";
import { type LevelPlace, placeKey } from "./level.ts";
import type { Refused } from "./outcome.ts";
import { invalid } from "./refusal.ts";

/** Folds the entries of one level into one. Keeps the order of first appearance. */
export function foldByLevel<Entry extends LevelPlace>(
  entries: readonly Entry[],
  fold: (first: Entry, next: Entry) => Entry,
): Entry[] {
  const folded = new Map<string, Entry>();
  for (const entry of entries) {
    const key = placeKey(entry);
    const first = folded.get(key);
    folded.set(key, first ? fold(first, entry) : entry);
  }
  return [...folded.values()];
}

/** Refuses a command on too many levels, because a transaction has a limited number of items. */
export function tooManyLevels(levelCount: number): Refused | undefined {
  if (levelCount <= limits.levelsPerCommandMax) return undefined;
  const message = `touches ${levelCount} levels, at most ${limits.levelsPerCommandMax} are possible in one command`;
  return invalid([{ path: "/lines", message }]);
}
