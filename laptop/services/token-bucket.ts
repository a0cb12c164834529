import type { Timers } from "./timers.ts";

export interface TokenBucket {
  /** Takes one token, if there is one. */
  take(): boolean;
}

/** Starts full and gains `rate` tokens a second, up to `burst`. */
export function createTokenBucket(timers: Timers, { rate, burst }: { rate: number; burst: number }): TokenBucket {
  let tokens = burst;
  let filledAt = timers.now();
  return {
    take: () => {
      const now = timers.now();
      tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * rate);
      filledAt = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
