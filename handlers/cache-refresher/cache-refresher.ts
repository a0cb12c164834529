import type { KinesisStreamBatchResponse } from "aws-lambda";
import type { Level } from "../../contract/level.ts";
import type { Clock } from "../inventory/index.ts";
import { bySku, type LevelCache } from "../runtime/cache/index.ts";
import { measureFeedLag } from "../runtime/observability/feed-lag.ts";
import { aboutRequests, type Log } from "../runtime/observability/log.ts";
import type { Meter } from "../runtime/observability/meter.ts";
import { KinesisEvent, newestLevels } from "../runtime/table-change/index.ts";

export interface CacheRefresherPorts {
  readonly levelCache: LevelCache;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
}

/** The number of items written concurrently. Each is one round trip on the same connection. */
const itemsAtOnceMax = 50;

/**
 * Creates a consumer that writes the levels in a batch of the change stream to the cache. A lower version never
 * replaces a cached level, so repeated and late records do no harm. While Redis is down, the batch fails and the shard
 * waits. A record that cannot be read is skipped: the ETL reads the same stream and quarantines it.
 */
export function createCacheRefresher(
  ports: CacheRefresherPorts,
): (event: unknown) => Promise<KinesisStreamBatchResponse> {
  const { levelCache, log, meter } = ports;
  return async (event) => {
    const { Records } = KinesisEvent.parse(event);
    const { levels, unreadable, correlationIds, changedAt } = newestLevels(Records);
    const items = [...bySku(levels)];
    for (let start = 0; start < items.length; start += itemsAtOnceMax) {
      const written = items.slice(start, start + itemsAtOnceMax).flatMap(([, item]) => item.map(write(levelCache)));
      await Promise.all(written);
    }
    if (unreadable.length > 0) {
      log.warn("records that cannot be read were skipped", { unreadable });
      meter.count("RecordsPassedOver", unreadable.length);
    }
    measureFeedLag(ports, changedAt);
    const figures = { recordCount: Records.length, levelCount: levels.length };
    log.info("cached levels refreshed", { ...figures, ...aboutRequests(correlationIds) });
    return { batchItemFailures: [] };
  };
}

/** Writes a level. `updatedAt` was set just before the commit, so the cached level never looks newer than it is. */
const write = (levelCache: LevelCache) => (level: Level) =>
  levelCache.write({ sku: level.sku, levels: [level], knownAtMs: Date.parse(level.updatedAt ?? "") || 0 });
