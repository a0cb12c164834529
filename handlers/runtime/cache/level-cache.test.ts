import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LocationId, Sku } from "../../../contract/identifiers.ts";
import { sharedRedis } from "../../../test/support/cache.ts";
import { levelOf } from "../../../test/support/level.fixture.ts";
import { createLevelCache, freshMsMax, itemHashKey } from "./level-cache.ts";
import { script } from "./redis.ts";

const newSku = () => `MUG-${crypto.randomUUID()}` as Sku;
const heldVersion = script("return redis.call('HGET', KEYS[1], 'v:LEEDS')");
const leeds = "LEEDS" as LocationId;

async function setup() {
  const redis = await sharedRedis();
  return { redis, levelCache: createLevelCache(redis), sku: newSku() };
}

describe("createLevelCache", () => {
  it("lets the first reader read the table and the others wait, then serves the level", async () => {
    const { levelCache, sku } = await setup();
    expect(await levelCache.read({ sku, location: leeds }, 0)).toEqual({ kind: "read" });
    expect(await levelCache.read({ sku, location: leeds }, 0)).toEqual({ kind: "wait" });
    const [level, knownAtMs] = [levelOf({ sku, version: 3 }), Date.now()];
    await levelCache.write({ sku, levels: [level], knownAtMs });
    expect(await levelCache.read({ sku, location: leeds }, 3)).toEqual({ kind: "fresh", copy: level, knownAtMs });
    expect(await levelCache.read({ sku, location: leeds }, 4)).toEqual({ kind: "read" });
  });

  it("serves a level that never changed, but not as a level of its item", async () => {
    const { levelCache, sku } = await setup();
    const level = levelOf({ sku, version: 0 });
    await levelCache.write({ sku, levels: [level], knownAtMs: Date.now() });
    expect(await levelCache.read({ sku, location: leeds }, 0)).toMatchObject({ kind: "fresh", copy: level });
    await levelCache.write({ sku, levels: [], knownAtMs: Date.now(), whole: true });
    expect(await levelCache.readItem(sku)).toMatchObject({ kind: "fresh", copy: [] });
  });

  it("serves an item, sorted by location, only when all its levels were read, with the age of the oldest", async () => {
    const { levelCache, sku } = await setup();
    const [york, here] = [levelOf({ sku, location: "YORK", version: 2 }), levelOf({ sku, version: 1 })];
    await levelCache.write({ sku, levels: [york, here], knownAtMs: Date.now() });
    expect(await levelCache.readItem(sku)).toEqual({ kind: "read" });
    const knownAtMs = Date.now();
    await levelCache.write({ sku, levels: [york, here], knownAtMs, whole: true });
    const item = await levelCache.readItem(sku);
    expect(item).toMatchObject({ kind: "fresh", copy: [here, york] });
    expect(item.kind === "fresh" && item.knownAtMs).toBeLessThanOrEqual(knownAtMs);
    const added = levelOf({ sku, location: "HULL", version: 1 });
    await levelCache.write({ sku, levels: [added], knownAtMs: Date.now() });
    expect(await levelCache.readItem(sku)).toMatchObject({ kind: "fresh", copy: [added, here, york] });
  });

  it("stops serving an expired level, but its version still blocks older ones", async () => {
    const { levelCache, sku } = await setup();
    await levelCache.write({ sku, levels: [levelOf({ sku, version: 5 })], knownAtMs: Date.now() - freshMsMax - 1 });
    expect(await levelCache.read({ sku, location: leeds }, 0)).toEqual({ kind: "read" });
    await levelCache.write({ sku, levels: [levelOf({ sku, version: 4 })], knownAtMs: Date.now() });
    expect((await levelCache.read({ sku, location: leeds }, 0)).kind).not.toBe("fresh");
  });

  it("does not serve a level longer because the clock of its writer is ahead", async () => {
    const { levelCache, sku } = await setup();
    await levelCache.write({ sku, levels: [levelOf({ sku, version: 1 })], knownAtMs: Date.now() + 60_000 });
    const read = await levelCache.read({ sku, location: leeds }, 0);
    expect(read.kind === "fresh" && read.knownAtMs).toBeLessThanOrEqual(Date.now());
  });

  it("serves nothing that was read before a change whose level was not written to the cache", async () => {
    const { levelCache, sku } = await setup();
    const early = { sku, levels: [levelOf({ sku, version: 1 })], knownAtMs: Date.now() - 5 };
    await levelCache.write(early);
    await levelCache.expire(sku, [leeds]);
    expect((await levelCache.read({ sku, location: leeds }, 0)).kind).toBe("read");
    await levelCache.write(early);
    expect((await levelCache.read({ sku, location: leeds }, 0)).kind).not.toBe("fresh");
    await levelCache.write({ sku, levels: [levelOf({ sku, version: 2 })], knownAtMs: Date.now() + 5 });
    expect(await levelCache.read({ sku, location: leeds }, 0)).toMatchObject({ kind: "fresh", copy: { version: 2 } });
  });

  it("keeps the highest version for any repetition, order and concurrency of writes", async () => {
    const { levelCache, redis } = await setup();
    const versions = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(versions, fc.integer({ min: 1, max: 8 }), async (written, atOnceCount) => {
        const sku = newSku();
        let shown = -1;
        for (let start = 0; start < written.length; start += atOnceCount) {
          const batch = written.slice(start, start + atOnceCount).map((version) => levelOf({ sku, version }));
          await Promise.all(batch.map((level) => levelCache.write({ sku, levels: [level], knownAtMs: Date.now() })));
          const read = await levelCache.read({ sku, location: leeds }, 0);
          if (read.kind !== "fresh") continue; // The machine was paused for longer than a cached level is served.
          expect(read.copy.version).toBeGreaterThanOrEqual(shown);
          shown = read.copy.version;
        }
        expect(Number(await redis.run(heldVersion, itemHashKey(sku), []))).toBe(Math.max(...written));
      }),
      { numRuns: 40 },
    );
  });

  it("reports the cache as unavailable when a cached value is not a level", async () => {
    const { redis, levelCache, sku } = await setup();
    await levelCache.write({ sku, levels: [levelOf({ sku, version: 1 })], knownAtMs: Date.now() });
    await redis.run(script("redis.call('HSET', KEYS[1], 'b:LEEDS', '{}')"), itemHashKey(sku), []);
    await expect(levelCache.read({ sku, location: leeds }, 0)).rejects.toThrow("not a level");
  });
});
