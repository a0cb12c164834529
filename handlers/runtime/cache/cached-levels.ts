import type { LocationId, Sku } from "../../../contract/identifiers.ts";
import type { Level } from "../../../contract/level.ts";
import type { Clock, LevelPlace, Wait } from "../../inventory/index.ts";
import type { Meter } from "../observability/meter.ts";
import { type CacheRead, type LevelCache, type LevelWrite, lockMs } from "./level-cache.ts";
import { CacheUnavailable } from "./redis.ts";
import { UnwrittenLevels } from "./unwritten-levels.ts";

/** Consistent reads of the table. */
export interface LevelTable {
  readLevel(sku: Sku, location: LocationId, options: { consistent: true }): Promise<Level>;
  readItemLevels(sku: Sku, options: { consistent: true }): Promise<readonly Level[]>;
}

/** A level or levels that were found. `asOfMs` is an instant at which the table contained them. */
export interface Found<What> {
  readonly found: What;
  readonly asOfMs: number;
  readonly source: "cache" | "table";
}

export interface LevelQuery {
  /** Read the table and not the cache. */
  readonly strong: boolean;
  /** The lowest version to accept from the cache. @default 0 */
  readonly minVersion?: number;
}

export interface CachedLevelsPorts {
  readonly levelCache: LevelCache;
  readonly table: LevelTable;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly meter: Meter;
}

/**
 * Reads of levels through the cache. No command is decided by these reads. They do not fail when Redis fails: then
 * every read goes to the table.
 *
 * A read is at most 2 s behind the table, because a cached level is served for at most 1.5 s after an instant at which
 * it was current, even if nothing refreshes it. A client never reads an older version than before, because each level
 * is written to the cache before it is returned, and a lower version never replaces a higher one. When that write
 * fails, this instance does not accept lower versions from the cache until they have expired.
 */
export interface CachedLevels {
  level(place: LevelPlace, query: LevelQuery): Promise<Found<Level>>;
  item(sku: Sku, query: LevelQuery): Promise<Found<readonly Level[]>>;
  /** Writes levels to the cache before a client gets them. They were read from the table at `knownAtMs` or later. */
  shown(levels: readonly Level[], knownAtMs: number): Promise<void>;
}

/**
 * Expires cached levels after a commit, when the committed levels were not read: the cache no longer serves a level
 * that was read before the commit.
 */
export type LevelsChanged = (places: readonly LevelPlace[]) => Promise<void>;

const waitStepMs = 10;

export function createCachedLevels({ levelCache, table, clock, wait, meter }: CachedLevelsPorts): CachedLevels {
  const lookUp = async <Copy>(read: () => Promise<CacheRead<Copy>>): Promise<Found<Copy> | undefined> => {
    try {
      const untilMs = clock() + lockMs;
      for (let tried = 0; tried <= lockMs / waitStepMs; tried++) {
        const reply = await read();
        if (reply.kind === "fresh") {
          meter.count("CacheHit");
          return { found: reply.copy, asOfMs: reply.knownAtMs, source: "cache" };
        }
        if (reply.kind === "read" || clock() >= untilMs) break;
        await wait(waitStepMs);
      }
      meter.count("CacheMiss");
    } catch (error) {
      if (!(error instanceof CacheUnavailable)) throw error;
    }
    return undefined;
  };

  const unwritten = new UnwrittenLevels(clock);
  const keep = async (write: LevelWrite) => {
    const isWritten = await open(() => levelCache.write(write));
    if (!isWritten) unwritten.add(write.levels);
  };

  return {
    async level({ sku, location }, { strong, minVersion = 0 }) {
      const least = Math.max(minVersion, unwritten.leastVersion({ sku, location }));
      const copy = strong ? undefined : await lookUp(() => levelCache.read({ sku, location }, least));
      if (copy) return copy;
      const asOfMs = clock();
      const found = await table.readLevel(sku, location, { consistent: true });
      await keep({ sku, levels: [found], knownAtMs: asOfMs });
      return { found, asOfMs, source: "table" };
    },
    async item(sku, { strong }) {
      const fromTable = strong || unwritten.includesItem(sku);
      const copy = fromTable ? undefined : await lookUp(() => levelCache.readItem(sku));
      if (copy) return copy;
      const asOfMs = clock();
      const found = await table.readItemLevels(sku, { consistent: true });
      await keep({ sku, levels: found, knownAtMs: asOfMs, whole: true });
      return { found, asOfMs, source: "table" };
    },
    async shown(levels, knownAtMs) {
      await Promise.all([...bySku(levels)].map(([sku, group]) => keep({ sku, levels: group, knownAtMs })));
    },
  };
}

export const createLevelsChanged =
  (levelCache: LevelCache): LevelsChanged =>
  async (places) => {
    const expired = [...bySku(places)].map(([sku, group]) => {
      const locations = [...new Set(group.map(({ location }) => location))];
      return open(() => levelCache.expire(sku, locations));
    });
    await Promise.all(expired);
  };

export const bySku = <Place extends LevelPlace>(places: readonly Place[]): ReadonlyMap<Sku, readonly Place[]> =>
  Map.groupBy(places, ({ sku }) => sku);

/** Ignores that Redis does not respond, and returns whether it did. `createRedis` has already counted the failure. */
async function open(use: () => Promise<void>): Promise<boolean> {
  try {
    await use();
    return true;
  } catch (error) {
    if (!(error instanceof CacheUnavailable)) throw error;
    return false;
  }
}
