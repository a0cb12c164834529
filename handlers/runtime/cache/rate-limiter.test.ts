import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { uniqueName } from "laptop-cloud/testing";
import { describe, expect, it } from "vitest";
import { ownRedis, redisAt, sharedRedis } from "../../../test/support/cache.ts";
import { createRateLimiter } from "./rate-limiter.ts";

const limits = (ratePerSecond: number, burst: number) => {
  const limit = { client: { ratePerSecond, burst } };
  return { read: limit, command: limit, report: limit, ticket: limit };
};

describe("createRateLimiter", () => {
  it("allows exactly one burst at the same time, then returns when to retry", async () => {
    const limiter = createRateLimiter(await sharedRedis(), limits(0.1, 10));
    const client = uniqueName("client");
    const verdicts = await Promise.all(Array.from({ length: 30 }, () => limiter.take(client, "read")));
    expect(verdicts.filter((verdict) => verdict?.allowed)).toHaveLength(10);
    expect(verdicts.map((verdict) => verdict?.remaining).slice(0, 11)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]);
    expect(verdicts[0]).toMatchObject({ quota: 10, windowSeconds: 100, resetSeconds: 10 });
    expect(verdicts.at(-1)).toMatchObject({ allowed: false, resetSeconds: 100, retryAfterSeconds: 10 });
  });

  it("counts each client and each limit separately", async () => {
    const limiter = createRateLimiter(await sharedRedis(), limits(0.01, 1));
    const [ada, bob] = [uniqueName("ada"), uniqueName("bob")];
    expect(await limiter.take(ada, "read")).toMatchObject({ allowed: true });
    expect(await limiter.take(ada, "read")).toMatchObject({ allowed: false });
    expect(await limiter.take(ada, "command")).toMatchObject({ allowed: true });
    expect(await limiter.take(bob, "read")).toMatchObject({ allowed: true });
  });

  it("allows at most burst + rate * t requests in any time t, and always allows a client within its rate", async () => {
    const redis = await sharedRedis();
    const scenario = fc.record({
      ratePerSecond: fc.integer({ min: 5, max: 400 }),
      burst: fc.integer({ min: 1, max: 12 }),
      pausesMs: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 10, maxLength: 40 }),
      width: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ ratePerSecond, burst, pausesMs, width }) => {
        const limiter = createRateLimiter(redis, limits(ratePerSecond, burst));
        const client = uniqueName("client");
        const allowed: { fromMs: number; toMs: number }[] = [];
        for (const pauseMs of pausesMs) {
          if (pauseMs > 6) await sleep(pauseMs);
          const fromMs = performance.now();
          const verdicts = await Promise.all(Array.from({ length: width }, () => limiter.take(client, "read")));
          const toMs = performance.now();
          for (const verdict of verdicts) if (verdict?.allowed) allowed.push({ fromMs, toMs });
        }
        expect(allowed.length).toBeGreaterThanOrEqual(Math.min(burst, pausesMs.length * width));
        for (let first = 0; first < allowed.length; first++) {
          for (let last = first; last < allowed.length; last++) {
            const elapsedMs = (allowed[last]?.toMs ?? 0) - (allowed[first]?.fromMs ?? 0);
            const most = burst + Math.floor((ratePerSecond * elapsedMs) / 1_000 + 1e-6);
            expect(last - first + 1).toBeLessThanOrEqual(most);
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  it("allows every request while Redis is down, and limits again when it is back", async () => {
    const server = await ownRedis();
    const redis = redisAt(server.url);
    const limiter = createRateLimiter(redis, limits(0.01, 1));
    expect(await limiter.take("ada", "read")).toMatchObject({ allowed: true });
    expect(await limiter.take("ada", "read")).toMatchObject({ allowed: false });
    await server.kill();
    expect(await limiter.take("ada", "read")).toBeUndefined();
    expect(redis.meter.counts.CacheUnavailable).toBe(1);
    await server.start();
    await expect.poll(() => limiter.take("ada", "read"), { timeout: 10_000 }).toMatchObject({ allowed: true });
    expect(await limiter.take("ada", "read")).toMatchObject({ allowed: false });
  });
});
