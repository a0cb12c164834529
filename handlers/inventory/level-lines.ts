import { limits } from "../../contract/limits.ts";
import { type LevelPlace, placeKey } from "./level.ts";
import type { Refused } from "./outcome.ts";
import { invalid } from "./refusal.ts";

/** Entries by level, in order of first appearance; those of one level are folded into one. */
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

/** A transaction takes a bounded number of items, so a command does of levels. */
export function tooManyLevels(levelCount: number): Refused | undefined {
  if (levelCount <= limits.levelsPerCommandMax) return undefined;
  const message = `touches ${levelCount} levels, at most ${limits.levelsPerCommandMax} are possible in one command`;
  return invalid([{ path: "/lines", message }]);
}
