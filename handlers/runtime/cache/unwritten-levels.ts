import type { LocationId, Sku } from "../../../contract/identifiers.ts";
import type { Level } from "../../../contract/level.ts";
import type { Clock, LevelPlace } from "../../inventory/index.ts";
import { freshMsMax } from "./level-cache.ts";

/** The largest number of items to remember. The item whose write failed longest ago is forgotten first. */
export const unwrittenItemCountMax = 10_000;

interface UnwrittenItem {
  readonly versions: Map<LocationId, number>;
  /** When the last write failed. */
  readonly atMs: number;
}

/**
 * Remembers the levels that this instance could not write to the cache, until the older cached levels have expired. A
 * client may have seen such a level, so the cache must not answer with a lower version.
 */
export class UnwrittenLevels {
  readonly #clock: Clock;
  /** By sku, in the order of the failed writes. */
  readonly #items = new Map<Sku, UnwrittenItem>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(levels: readonly Level[]): void {
    for (const { sku, location, version } of levels) {
      // No version is lower than that of a level that never moved, and anyone can ask for any number of those.
      if (version === 0) continue;
      const versions = this.#find(sku)?.versions ?? new Map<LocationId, number>();
      versions.set(location, Math.max(version, versions.get(location) ?? 0));
      this.#items.delete(sku);
      this.#items.set(sku, { versions, atMs: this.#clock() });
    }
    for (const sku of this.#items.keys()) {
      if (this.#items.size <= unwrittenItemCountMax && this.#find(sku)) return;
      this.#items.delete(sku);
    }
  }

  /** Returns the lowest version that the cache may answer with; 0 when every version is allowed. */
  leastVersion({ sku, location }: LevelPlace): number {
    return this.#find(sku)?.versions.get(location) ?? 0;
  }

  includesItem(sku: Sku): boolean {
    return this.#find(sku) !== undefined;
  }

  #find(sku: Sku): UnwrittenItem | undefined {
    const item = this.#items.get(sku);
    return item && this.#clock() - item.atMs < freshMsMax ? item : undefined;
  }
}
