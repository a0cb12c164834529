export { bySku, type CachedLevels, createCachedLevels } from "./cached-levels.ts";
export { createLevelCopies, itemKey, type LevelCopies } from "./level-copies.ts";
export { createRateLimiter, type RateLimiter, type RateVerdict } from "./rate-limiter.ts";
export { CacheUnavailable, createRedis, type Redis } from "./redis.ts";
export { cacheAddress, cacheVariables } from "./variables.ts";
