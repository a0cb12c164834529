import type { Clock } from "../../inventory/index.ts";
import type { Log } from "../log.ts";
import type { Meter } from "../metrics.ts";
import { createLevelCopies, type LevelCopies } from "./level-copies.ts";
import { createRateLimiter, type RateLimiter } from "./rate-limiter.ts";
import { createRedis } from "./redis.ts";
import { cacheAddress } from "./variables.ts";

export interface Cache {
  readonly rateLimiter: RateLimiter;
  readonly copies: LevelCopies;
}

/** All that a function does with Redis, over one connection. */
export function connectCache(
  environment: Parameters<typeof cacheAddress>[0],
  ports: { readonly clock: Clock; readonly log: Log; readonly meter: Meter; readonly commandMs?: number },
): Cache {
  const redis = createRedis({ ...ports, address: cacheAddress(environment) });
  return { rateLimiter: createRateLimiter(redis), copies: createLevelCopies(redis) };
}
