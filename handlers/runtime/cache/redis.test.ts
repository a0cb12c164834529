import { describe, expect, it, vi } from "vitest";
import { ownRedis, redisAt } from "../../../test/support/cache.ts";
import { CacheUnavailable, script } from "./redis.ts";

const echo = script("return ARGV[1]");

describe("createRedis", () => {
  it("fails fast while Redis is down, logs it once, and recovers when Redis is back", async () => {
    const server = await ownRedis();
    const redis = redisAt(server.url);
    expect(await redis.run(echo, "k", ["before"])).toBe("before");

    await server.kill();
    for (let tried = 0; tried < 20; tried++) {
      await expect(redis.run(echo, "k", ["gone"])).rejects.toBeInstanceOf(CacheUnavailable);
    }
    expect(redis.meter.counts.CacheUnavailable).toBe(20);
    expect(redis.log.lines.map(({ message }) => message)).toEqual(["Redis does not answer: going on without it"]);
    const startedMs = performance.now();
    await expect(redis.run(echo, "k", ["gone"])).rejects.toThrow("did not answer");
    expect(performance.now() - startedMs).toBeLessThan(20);

    await server.start();
    await vi.waitFor(async () => expect(await redis.run(echo, "k", ["after"])).toBe("after"), { timeout: 10_000 });
    expect(await redis.run(echo, "k", ["and on"])).toBe("and on");
  });

  it("times out when the server hangs, and stops sending commands", async () => {
    const server = await ownRedis();
    const redis = redisAt(server.url, 50);
    await vi.waitFor(() => redis.run(echo, "k", ["before"]), { timeout: 10_000, interval: 1_100 });
    const [pid] = server.pids();
    if (pid === undefined) throw new Error("the server has no process");
    process.kill(pid, "SIGSTOP");
    try {
      const startedMs = performance.now();
      for (let tried = 0; tried < 50; tried++) {
        await expect(redis.run(echo, "k", ["hangs"])).rejects.toBeInstanceOf(CacheUnavailable);
      }
      // Three time-outs open the breaker; fifty would take 2.5 s.
      expect(performance.now() - startedMs).toBeLessThan(1_500);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await vi.waitFor(async () => expect(await redis.run(echo, "k", ["after"])).toBe("after"), { timeout: 10_000 });
  });

  it("sends the text of a script once when the server does not know it", async () => {
    const server = await ownRedis();
    const redis = redisAt(server.url);
    const unknown = script("return ARGV[1] .. '!'");
    expect(await redis.run(unknown, "k", ["a"])).toBe("a!");
    expect(await redis.run(unknown, "k", ["b"])).toBe("b!");
    expect(redis.meter.counts).toEqual({});
  });
});
