import type { Bound, Ports } from "../bind.ts";
import type { cacheVariables, Variables } from "../variables.ts";
import { createLevelCache, type LevelCache } from "./level-cache.ts";
import { createRateLimiter, type RateLimiter } from "./rate-limiter.ts";
import { createRedis } from "./redis.ts";

export interface CacheConnection {
  readonly rateLimiter: RateLimiter;
  readonly levelCache: LevelCache;
}

/** For writes: nobody waits for one longer than for a slow write to the table. */
const patient = { connectMs: 500, commandMs: 500 };

/** Everything that a function does with Redis: one connection for what must be quick, and one for what must arrive. */
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
