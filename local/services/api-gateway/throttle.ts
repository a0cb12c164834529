import type { Timers } from "../timers.ts";
import type { MethodSettingsOptions } from "./api-gateway-service.ts";
import type { Route } from "./definition.ts";

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Token buckets of one stage, one for each method that has settings, as API Gateway's throttling. */
export function createThrottle(timers: Timers) {
  const settings = new Map<string, MethodSettingsOptions>();
  const buckets = new Map<string, Bucket>();

  function settingOf(route: Route): { key: string; setting: MethodSettingsOptions } | undefined {
    const own = `${route.path.slice(1)}/${route.method}`;
    const setting = settings.get(own) ?? settings.get("*/*");
    return setting ? { key: own, setting } : undefined;
  }

  return {
    configure: (setting: MethodSettingsOptions): void => {
      settings.set(setting.methodPath.replaceAll("~1", "/").replace(/^\//, ""), setting);
      buckets.clear();
    },
    admits: (route: Route): boolean => {
      const { key, setting } = settingOf(route) ?? {};
      const rate = setting?.throttlingRateLimit ?? -1;
      if (key === undefined || rate < 0) return true;
      const burst = Math.max(setting?.throttlingBurstLimit ?? rate, 0);
      const now = timers.now();
      const bucket = buckets.get(key) ?? { tokens: burst, filledAt: now };
      bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * rate);
      bucket.filledAt = now;
      buckets.set(key, bucket);
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}
