import type { Timers } from "../timers.ts";
import { createTokenBucket, type TokenBucket } from "../token-bucket.ts";
import type { MethodSettingsOptions } from "./api-gateway-service.ts";
import type { Route } from "./definition.ts";

/** API Gateway's throttling of one stage: a token bucket for each method that has settings. */
export function createThrottle(timers: Timers) {
  const settings = new Map<string, MethodSettingsOptions>();
  const buckets = new Map<string, TokenBucket>();

  return {
    configure: (setting: MethodSettingsOptions): void => {
      settings.set(setting.methodPath.replaceAll("~1", "/").replace(/^\//, ""), setting);
      buckets.clear();
    },
    admits: (route: Route): boolean => {
      const key = `${route.path.slice(1)}/${route.method}`;
      const setting = settings.get(key) ?? settings.get("*/*");
      const rate = setting?.throttlingRateLimit ?? -1;
      if (rate < 0) return true;
      const burst = Math.max(setting?.throttlingBurstLimit ?? rate, 0);
      const bucket = buckets.get(key) ?? createTokenBucket(timers, { rate, burst });
      buckets.set(key, bucket);
      return bucket.take();
    },
  };
}
