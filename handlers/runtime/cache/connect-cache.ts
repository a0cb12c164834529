import type { Bound, Ports } from "../bind.ts";
import type { cacheVariables, Variables } from "../variables.ts";
import { createLevelCache, type LevelCache } from "./level-cache.ts";
import { createRateLimiter, type RateLimiter } from "./rate-limiter.ts";
import { createRedis } from "./redis.ts";

export interface CacheConnection {
  readonly rateLimiter: RateLimiter;
  readonly levelCache: LevelCache;
}

/** Time-outs of cache writes. They are as long as a slow write to the table. */
const patient = { connectMs: 500, commandMs: 500 };

/** Connects a function to Redis: one connection with short time-outs for reads, and one with long ones for writes. */
export function connectCache({
  environment,
  ports,
}: Bound<Variables<typeof cacheVariables>, Pick<Ports, "clock" | "log" | "meter">>): CacheConnection {
  const { CACHE_HOST: host, CACHE_PORT: port, CACHE_TLS } = environment;
  const address = { host, port, tls: CACHE_TLS === "on" };
  const redis = createRedis({ ...ports, address });
  const writer = createRedis({ ...ports, ...patient, address });
  return { rateLimiter: createRateLimiter(redis), levelCache: createLevelCache(redis, writer) };
}
