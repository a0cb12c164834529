import type { Ports } from "./ports.ts";

/** Full jitter: anywhere from 0 to a ceiling that doubles with each attempt (from 1), so that clients do not meet again. */
export function jitteredMs(random: number, attempt: number, bounds: { firstMs: number; ceilingMs: number }): number {
  return random * Math.min(bounds.ceilingMs, bounds.firstMs * 2 ** (attempt - 1));
}

/** `Retry-After`: seconds, or a date. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null || header === "") return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Rejects with the signal's reason when it is aborted meanwhile. */
export function pause(ports: Ports, waitMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = ports.after(waitMs, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
