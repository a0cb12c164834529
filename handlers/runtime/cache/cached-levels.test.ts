import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { LocationId, Sku } from "../../../contract/identifiers.ts";
import { ownRedis, redisAt, sharedRedis } from "../../../test/support/cache.ts";
import { levelOf } from "../../../test/support/level.fixture.ts";
import { recordingMeter } from "../../../test/support/meter.ts";
import { systemWait } from "../system.ts";
import { createCachedLevels, createLevelsChanged } from "./cached-levels.ts";
import { createLevelCache } from "./level-cache.ts";
import { CacheUnavailable, type Redis } from "./redis.ts";

const location = "LEEDS" as LocationId;
const weak = { strong: false };

/** Opens a table of one item. A test changes the version of its level, and the table counts its reads. */
function setup(redis: Redis, tableMs = 5) {
  const sku = `MUG-${crypto.randomUUID()}` as Sku;
  const state = { version: 1, readCount: 0 };
  const read = async () => {
    state.readCount += 1;
    await sleep(tableMs);
    return levelOf({ sku, version: state.version });
  };
  const table = { readLevel: read, readItemLevels: async () => [await read()] };
  const levelCache = createLevelCache(redis);
  const meter = recordingMeter();
  const levels = createCachedLevels({ levelCache, table, clock: Date.now, wait: systemWait, meter });
  return { sku, place: { sku, location }, state, levels, levelCache, meter };
}

describe("createCachedLevels", () => {
  it("reads the table once for a hundred cache misses at the same time", async () => {
    const { levels, place, sku, state, meter } = setup(await sharedRedis(), 30);
    const answers = await Promise.all(Array.from({ length: 100 }, () => levels.level(place, weak)));
    expect(answers.map(({ found }) => found.version)).toEqual(Array(100).fill(1));
    expect(state.readCount).toBe(1);
    expect(meter.counts).toEqual({ CacheMiss: 1, CacheHit: 99 });
    state.readCount = 0;
    await Promise.all(Array.from({ length: 100 }, () => levels.item(sku, weak)));
    expect(state.readCount).toBe(1);
  });

  it("waits no longer than the lock is held when its holder stops", async () => {
    const { levels, levelCache, place, state } = setup(await sharedRedis());
    expect(await levelCache.read(place, 0)).toEqual({ kind: "read" });
    const startedMs = performance.now();
    expect(await levels.level(place, weak)).toMatchObject({ source: "table" });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(state.readCount).toBe(1);
  });

  it("returns the source of a level and the time at which it was current", async () => {
    const { levels, place, state } = setup(await sharedRedis());
    const fromMs = Date.now();
    const first = await levels.level(place, weak);
    const second = await levels.level(place, weak);
    expect([first.source, second.source]).toEqual(["table", "cache"]);
    expect(second.asOfMs).toBe(first.asOfMs);
    expect(first.asOfMs).toBeGreaterThanOrEqual(fromMs);
    state.version = 2;
    expect(await levels.level(place, { strong: true })).toMatchObject({ source: "table", found: { version: 2 } });
    expect(await levels.level(place, weak)).toMatchObject({ source: "cache", found: { version: 2 } });
    state.version = 3;
    expect(await levels.level(place, { strong: false, minVersion: 3 })).toMatchObject({ found: { version: 3 } });
  });

  it("is at most 2 s behind the table when no cache refresher runs", async () => {
    const { levels, place, state } = setup(await sharedRedis());
    await levels.level(place, weak);
    state.version = 2;
    const changedMs = Date.now();
    let shown = 1;
    while (shown < 2) {
      shown = (await levels.level(place, weak)).found.version;
      if (shown < 2) expect(Date.now() - changedMs).toBeLessThan(2_000);
    }
  });

  it("shows the change of a command as soon as the cache is informed", async () => {
    const { levels, levelCache, place, state } = setup(await sharedRedis());
    await levels.level(place, weak);
    state.version = 2;
    await createLevelsChanged(levelCache)([place, place]);
    expect(await levels.level(place, weak)).toMatchObject({ source: "table", found: { version: 2 } });
    state.version = 3;
    await levels.shown([levelOf({ sku: place.sku, version: 3 })], Date.now());
    expect((await levels.level(place, weak)).found.version).toBe(3);
  });

  it("never steps back to a cached level when it could not write a newer one", async () => {
    const { place, sku, state, levelCache } = setup(await sharedRedis());
    const table = {
      readLevel: async () => levelOf({ sku, version: state.version }),
      readItemLevels: async () => [levelOf({ sku, version: state.version })],
    };
    let isWritable = true;
    const write: typeof levelCache.write = (levels) =>
      isWritable ? levelCache.write(levels) : Promise.reject(new CacheUnavailable("no answer"));
    const meter = recordingMeter();
    const ports = { levelCache: { ...levelCache, write }, table, clock: Date.now, wait: systemWait, meter };
    const levels = createCachedLevels(ports);
    await levels.item(sku, weak);
    isWritable = false;
    state.version = 2;
    expect(await levels.level(place, { strong: true })).toMatchObject({ found: { version: 2 } });
    expect(await levels.level(place, weak)).toMatchObject({ found: { version: 2 } });
    expect(await levels.item(sku, weak)).toMatchObject({ found: [{ version: 2 }] });
    expect(await levelCache.readItem(sku)).toMatchObject({ copy: [{ version: 1 }] });
  });

  it("returns correct levels while Redis is killed under load, counts the failures, and recovers", async () => {
    const server = await ownRedis();
    const redis = redisAt(server.url);
    const { levels, place, state, meter } = setup(redis, 1);
    const clients = { shown: Array<number>(8).fill(0), answerCount: 0, stop: false };
    const load = clients.shown.map(async (_, client) => {
      while (!clients.stop) {
        const startVersion = state.version;
        const startMs = Date.now();
        const { found, asOfMs } = await levels.level(place, weak);
        expect(found.onHand).toBe(found.version);
        expect(found.version).toBeGreaterThanOrEqual(clients.shown[client] ?? 0);
        expect(found.version).toBeLessThanOrEqual(state.version);
        if (found.version < startVersion) expect(startMs - asOfMs).toBeLessThan(2_000);
        clients.shown[client] = found.version;
        clients.answerCount += 1;
        await sleep(2);
      }
    });
    const change = async () => {
      state.version += 1;
      await levels.shown([levelOf({ sku: place.sku, version: state.version })], Date.now());
    };
    const until = async (done: () => boolean) => {
      for (let tried = 0; tried < 1_000 && !done(); tried++) {
        await change();
        await sleep(10);
      }
      expect(done()).toBe(true);
    };
    await until(() => (meter.counts.CacheHit ?? 0) > 50);
    await server.kill();
    const answered = clients.answerCount;
    await until(() => (redis.meter.counts.CacheUnavailable ?? 0) > 50 && clients.answerCount > answered + 50);
    const hits = meter.counts.CacheHit ?? 0;
    await server.start();
    await until(() => (meter.counts.CacheHit ?? 0) > hits + 50);
    clients.stop = true;
    await Promise.all(load);
  });
});
