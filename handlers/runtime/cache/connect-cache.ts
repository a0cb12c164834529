import type { Clock } from "../../inventory/index.ts";
import type { Log } from "../observability/log.ts";
import type { Meter } from "../observability/meter.ts";
import { createLevelCache, type LevelCache } from "./level-cache.ts";
import { createRateLimiter, type RateLimiter } from "./rate-limiter.ts";
import { createRedis } from "./redis.ts";
import { cacheAddress } from "./variables.ts";

export interface Cache {
  readonly rateLimiter: RateLimiter;
  readonly levelCache: LevelCache;
}

/** For what is written: nobody is held up by it for longer than by a slow write to the table. */
const patient = { connectMs: 500, commandMs: 500 };

/** All that a function does with Redis: one connection for what must be quick, and one for what must arrive. */
export function connectCache(
  environment: Parameters<typeof cacheAddress>[0],
  ports: { readonly clock: Clock; readonly log: Log; readonly meter: Meter },
): Cache {
  const address = cacheAddress(environment);
  const redis = createRedis({ ...ports, address });
  const writer = createRedis({ ...ports, ...patient, address });
  return { rateLimiter: createRateLimiter(redis), levelCache: createLevelCache(redis, writer) };
}
