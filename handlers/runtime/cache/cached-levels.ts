import type { LocationId, Sku } from "../../../contract/identifiers.ts";
import type { Level } from "../../../contract/level.ts";
import type { Clock, LevelPlace, Wait } from "../../inventory/index.ts";
import type { Meter } from "../observability/meter.ts";
import { type CacheRead, type LevelCache, type LevelWrite, lockMs } from "./level-cache.ts";
import { CacheUnavailable } from "./redis.ts";

/** Consistent reads of the table. */
export interface LevelTable {
  readLevel(sku: Sku, location: LocationId, options: { consistent: true }): Promise<Level>;
  readItemLevels(sku: Sku, options: { consistent: true }): Promise<readonly Level[]>;
}

/** `asOfMs`: an instant at which the table held this. */
export interface Found<What> {
  readonly found: What;
  readonly asOfMs: number;
  readonly source: "cache" | "table";
}

export interface LevelQuery {
  /** The table's truth. */
  readonly strong: boolean;
  /** Never older than this version. @default 0 */
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
 * Levels by way of their copies. Nothing here decides a command, and nothing here fails because Redis does: without it
 * every read is the table's.
 *
 * A read is at most 2 s behind, as a copy is served for 1.5 s from an instant at which it was the table's, whether or not
 * anything refreshes it. Reads of one client do not step back, as whatever is shown of a level was written to its copy
 * before, and a copy never gives way to a lower version.
 */
export interface CachedLevels {
  level(place: LevelPlace, query: LevelQuery): Promise<Found<Level>>;
  item(sku: Sku, query: LevelQuery): Promise<Found<readonly Level[]>>;
  /** Takes over what was read from the table no earlier than `knownAtMs`, before it is shown to anyone. */
  shown(levels: readonly Level[], knownAtMs: number): Promise<void>;
}

/** After a commit whose levels nobody read: what was read before it is not served. */
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

  const keep = (write: LevelWrite) => open(() => levelCache.write(write));

  return {
    async level({ sku, location }, { strong, minVersion = 0 }) {
      const copy = strong ? undefined : await lookUp(() => levelCache.read({ sku, location }, minVersion));
      if (copy) return copy;
      const asOfMs = clock();
      const found = await table.readLevel(sku, location, { consistent: true });
      await keep({ sku, levels: [found], knownAtMs: asOfMs });
      return { found, asOfMs, source: "table" };
    },
    async item(sku, { strong }) {
      const copy = strong ? undefined : await lookUp(() => levelCache.readItem(sku));
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

/** Goes on when Redis does not answer: the failure is counted where it happens. */
async function open(use: () => Promise<void>): Promise<void> {
  try {
    await use();
  } catch (error) {
    if (!(error instanceof CacheUnavailable)) throw error;
  }
}
