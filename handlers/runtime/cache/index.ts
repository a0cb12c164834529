export {
  bySku,
  type CachedLevels,
  createCachedLevels,
  createLevelsChanged,
  type Found,
  type LevelsChanged,
  type LevelTable,
} from "./cached-levels.ts";
export { connectCache } from "./connect-cache.ts";
export { createLevelCache, itemHashKey, type LevelCache } from "./level-cache.ts";
export { createRateLimiter, type RateLimiter } from "./rate-limiter.ts";
export { CacheUnavailable, createRedis, type Redis } from "./redis.ts";
