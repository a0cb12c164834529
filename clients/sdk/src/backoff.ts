import type { Ports } from "./ports.ts";

/**
 * Returns a random wait between 0 and a ceiling that doubles with each attempt (full jitter), so that clients do not
 * retry at the same time. The first attempt is 1.
 */
export function jitteredMs(random: number, attempt: number, bounds: { firstMs: number; ceilingMs: number }): number {
  return random * Math.min(bounds.ceilingMs, bounds.firstMs * 2 ** (attempt - 1));
}

/** Returns the wait that a `Retry-After` header (seconds or a date) asks for; undefined without a valid header. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null || header === "") return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Waits. Rejects with the signal's reason when the signal is aborted before the end. */
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
