import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, freePort, removeEngineFolder, startRedis } from "laptop-cloud/engines";
import { redisUrl } from "laptop-cloud/testing";
import { onTestFinished } from "vitest";
import type { Clock } from "../../handlers/inventory/index.ts";
import {
  createCachedLevels,
  createLevelCache,
  createRedis,
  type LevelCache,
  type LevelTable,
  type Redis,
} from "../../handlers/runtime/cache/index.ts";
import { systemWait } from "../../handlers/runtime/index.ts";
import { recordingLog } from "./gateway-event.ts";
import { recordingMeter } from "./meter.ts";

const nowhere = { host: "127.0.0.1", port: 9, tls: false };

/** Returns a cache of levels without a Redis server. Its users must work without the cache. */
export function levelCacheWithoutRedis(): LevelCache {
  return createLevelCache(
    createRedis({ address: nowhere, clock: Date.now, log: recordingLog(), meter: recordingMeter() }),
  );
}

/** Returns reads of `table` through the cache, by default without a Redis server. */
export function levelsOf(
  table: LevelTable,
  clock: Clock = Date.now,
  levelCache: LevelCache = levelCacheWithoutRedis(),
) {
  return createCachedLevels({ levelCache, table, clock, wait: systemWait, meter: recordingMeter() });
}

interface TestRedis extends Redis {
  readonly meter: ReturnType<typeof recordingMeter>;
  readonly log: ReturnType<typeof recordingLog>;
}

/**
 * Connects to `url` and disconnects after the test. The time-out of a command is longer than in production, because the
 * machine may be busy.
 */
export function redisAt(url: string, commandMs = 1_000): TestRedis {
  const { hostname, port } = new URL(url);
  const [meter, log] = [recordingMeter(), recordingLog()];
  const address = { host: hostname, port: Number(port), tls: false };
  const redis = createRedis({ address, clock: Date.now, log, meter, commandMs, connectMs: 1_000 });
  onTestFinished(() => redis.close());
  return { ...redis, meter, log };
}

/** Connects to the server that all tests share. Each test uses keys of its own. */
export const sharedRedis = async (): Promise<TestRedis> => redisAt(await redisUrl());

/** Starts a server for one test, which can kill it and start it again at the same address. */
export async function ownRedis() {
  const folder = mkdtempSync(join(tmpdir(), "redis-"));
  const port = await freePort();
  let engine: Engine | undefined;
  const start = async () => {
    engine = await startRedis({ folder, storage: "memory", port });
  };
  const kill = async () => {
    await engine?.stop();
    engine = undefined;
  };
  await start();
  onTestFinished(async () => {
    await kill();
    removeEngineFolder(folder);
  });
  return { url: `redis://127.0.0.1:${port}`, start, kill, pids: () => engine?.pids ?? [] };
}
