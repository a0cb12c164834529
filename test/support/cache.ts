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

/** Copies of levels where no Redis is: everything goes on without. */
export function levelCacheWithoutRedis(): LevelCache {
  return createLevelCache(
    createRedis({ address: nowhere, clock: Date.now, log: recordingLog(), meter: recordingMeter() }),
  );
}

/** Reads of `table` through copies, by default without Redis. */
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

/** A client of `url`, closed after the test; a busy machine gets longer than production before a command is given up. */
export function redisAt(url: string, commandMs = 1_000): TestRedis {
  const { hostname, port } = new URL(url);
  const [meter, log] = [recordingMeter(), recordingLog()];
  const address = { host: hostname, port: Number(port), tls: false };
  const redis = createRedis({ address, clock: Date.now, log, meter, commandMs, connectMs: 1_000 });
  onTestFinished(() => redis.close());
  return { ...redis, meter, log };
}

/** Of the server that all tests share: each takes keys of its own. */
export const sharedRedis = async (): Promise<TestRedis> => redisAt(await redisUrl());

/** A server of the test's own, to be killed and started again at the same address. */
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
