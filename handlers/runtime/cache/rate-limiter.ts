import { z } from "zod";
import { type RateLimit, type RateLimitName, rateLimits } from "../../../contract/rate-limit.ts";
import { CacheUnavailable, type Redis, script } from "./redis.ts";

export interface RateVerdict {
  readonly allowed: boolean;
  /** The number of requests allowed at the same time after `windowSeconds` without any. */
  readonly quota: number;
  readonly windowSeconds: number;
  readonly remaining: number;
  /** The time until the whole quota is available again. */
  readonly resetSeconds: number;
  readonly retryAfterSeconds: number;
}

export interface RateLimiter {
  /** Counts one request. Returns undefined when Redis does not respond; then the request is allowed. */
  take(client: string, limit: RateLimitName): Promise<RateVerdict | undefined>;
}

type ClientLimits = Readonly<Record<RateLimitName, Pick<RateLimit, "client">>>;

/**
 * The generic cell rate algorithm, with the clock of Redis in microseconds. The key contains the instant at which the
 * whole quota is available again. Each request moves this instant forward by one interval, and a request that would
 * move it more than one burst ahead of now is refused. So in any t seconds at most burst + rate * t requests pass. A
 * stored instant further ahead was written before the clock was set back, and is capped.
 * Arguments: interval in microseconds, burst.
 */
const takeScript = script(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local whole = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
whole = math.min(whole, now + burst * interval)
local wait = whole + interval - burst * interval - now
if wait > 0 then return {0, 0, math.ceil(whole - now), math.ceil(wait)} end
whole = whole + interval
redis.call('SET', KEYS[1], string.format('%.0f', whole), 'PX', math.ceil((whole - now) / 1000) + 1)
return {1, math.floor((now + burst * interval - whole) / interval), math.ceil(whole - now), 0}`);

const Reply = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const microsecondsPerSecond = 1_000_000;
const toSeconds = (microseconds: number) => Math.ceil(microseconds / microsecondsPerSecond);

/** Creates the rate limiter of clients. While Redis does not respond, no request is limited. */
export function createRateLimiter(redis: Redis, limits: ClientLimits = rateLimits): RateLimiter {
  return {
    async take(client, limit) {
      const { ratePerSecond, burst } = limits[limit].client;
      const key = `rate:${limit}:${client}`;
      try {
        const reply = await redis.run(takeScript, key, [Math.round(microsecondsPerSecond / ratePerSecond), burst]);
        const [allowed, remaining, reset, wait] = Reply.parse(reply);
        return {
          allowed: allowed === 1,
          quota: burst,
          windowSeconds: Math.ceil(burst / ratePerSecond),
          remaining,
          resetSeconds: toSeconds(reset),
          retryAfterSeconds: toSeconds(wait),
        };
      } catch (error) {
        if (error instanceof CacheUnavailable) return undefined;
        throw error;
      }
    },
  };
}
