import type { Level } from "../../../contract/level.ts";
import { type Clock, type LevelPlace, placeKey } from "../../inventory/index.ts";
import { freshMsMax } from "./level-cache.ts";

/** Entries kept at most. Each lives for `freshMsMax`, so only an outage under very high load reaches this number. */
const entryCountMax = 10_000;

/**
 * Levels that this instance has shown while the cache did not take them. Until older cached levels expire, the cache
 * must not answer with a lower version, or a client would see the level step back.
 */
export interface UnwrittenLevels {
  add(levels: readonly Level[]): void;
  /** The lowest version that the cache may answer with; 0 when any is allowed. */
  leastVersion(place: LevelPlace): number;
  /** Whether any level of the item was not written. */
  includesItem(sku: Level["sku"]): boolean;
}

export function createUnwrittenLevels(clock: Clock): UnwrittenLevels {
  const entries = new Map<string, { readonly sku: Level["sku"]; readonly version: number; readonly atMs: number }>();

  const dropExpired = () => {
    for (const [key, { atMs }] of entries) {
      if (entries.size <= entryCountMax && clock() - atMs < freshMsMax) return;
      entries.delete(key);
    }
  };

  return {
    add: (levels) => {
      for (const level of levels) {
        const key = placeKey(level);
        const version = Math.max(level.version, entries.get(key)?.version ?? 0);
        // The newest entry stands last, so that expired ones are found at the front.
        entries.delete(key);
        entries.set(key, { sku: level.sku, version, atMs: clock() });
      }
      dropExpired();
    },
    leastVersion: (place) => {
      dropExpired();
      return entries.get(placeKey(place))?.version ?? 0;
    },
    includesItem: (sku) => {
      dropExpired();
      for (const entry of entries.values()) if (entry.sku === sku) return true;
      return false;
    },
  };
}
