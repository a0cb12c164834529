import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LocationId, Sku } from "../../contract/identifiers.ts";
import { levelCacheWithoutRedis, sharedRedis } from "../../test/support/cache.ts";
import { recordingLog } from "../../test/support/gateway-event.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { levelImage, streamRecord } from "../../test/support/stream-records.ts";
import { CacheUnavailable, createLevelCache } from "../runtime/cache/index.ts";
import { createCacheRefresher } from "./cache-refresher.ts";

const newSku = () => `MUG-${crypto.randomUUID()}` as Sku;
const record = (sku: string, version: number) =>
  streamRecord({ newImage: levelImage({ sku, version, onHand: version, at: new Date().toISOString() }) });
const location = levelImage({ sku: "any" }).location as LocationId;

async function setup() {
  const levelCache = createLevelCache(await sharedRedis());
  const [log, meter] = [recordingLog(), recordingMeter()];
  return { levelCache, log, meter, refresh: createCacheRefresher({ levelCache, clock: Date.now, log, meter }) };
}

describe("createCacheRefresher", () => {
  it("keeps the highest version of every level (duplicates, reordering, random and concurrent batches)", async () => {
    const { levelCache, refresh } = await setup();
    const scenario = fc.record({
      histories: fc.array(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 12 }), {
        minLength: 1,
        maxLength: 4,
      }),
      batchSize: fc.integer({ min: 1, max: 9 }),
      laneCount: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ histories, batchSize, laneCount }) => {
        const items = histories.map((versions) => ({ sku: newSku(), versions }));
        const longest = Math.max(...histories.map(({ length }) => length));
        const records = Array.from({ length: longest }, (_, step) =>
          items.flatMap(({ sku, versions }) => versions.slice(step, step + 1).map((version) => record(sku, version))),
        ).flat();
        const lanes = Array.from({ length: laneCount }, async (_, lane) => {
          for (let start = lane * batchSize; start < records.length; start += laneCount * batchSize) {
            await refresh({ Records: records.slice(start, start + batchSize) });
          }
        });
        await Promise.all(lanes);
        for (const { sku, versions } of items) {
          const version = Math.max(...versions);
          expect(await levelCache.read({ sku, location }, 0)).toMatchObject({
            kind: "fresh",
            copy: { version, onHand: version },
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  it("skips records that cannot be read and records that are not levels", async () => {
    const { levelCache, refresh, log, meter } = await setup();
    const sku = newSku();
    const answer = await refresh({
      Records: [streamRecord({ data: "no JSON" }), streamRecord({ newImage: { type: "item", sku } }), record(sku, 2)],
    });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(await levelCache.read({ sku, location }, 0)).toMatchObject({ copy: { version: 2 } });
    expect(meter.counts).toEqual({ RecordsPassedOver: 1 });
    expect(log.lines.some(({ level }) => level === "warn")).toBe(true);
    const about = { correlation_ids: [`request-${sku}-${location}-2`] };
    expect(log.lines).toContainEqual(expect.objectContaining({ fields: expect.objectContaining(about) }));
    expect(meter.measured).toMatchObject([{ name: "FeedLag" }]);
  });

  it("fails the batch while Redis is down, so that the shard waits", async () => {
    const ports = {
      levelCache: levelCacheWithoutRedis(),
      clock: Date.now,
      log: recordingLog(),
      meter: recordingMeter(),
    };
    const refresh = createCacheRefresher(ports);
    await expect(refresh({ Records: [record(newSku(), 1)] })).rejects.toBeInstanceOf(CacheUnavailable);
  });
});
