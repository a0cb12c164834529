import { setTimeout as sleep } from "node:timers/promises";

/** Waits, or returns early when the signal aborts. */
export async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await sleep(waitMs, undefined, { signal }).catch(() => undefined);
}

const idleMsMin = 5;
/** Short enough that two polls in a row stay well below a second, long enough that an idle laptop needs no CPU. */
const idleMsMax = 200;

/** Waits between polls: not at all while there are records, then twice as long each time, up to the maximum. */
export function createIdlePause(signal: AbortSignal) {
  let waitMs = 0;
  return async (found: boolean): Promise<void> => {
    waitMs = found ? 0 : Math.min(Math.max(waitMs * 2, idleMsMin), idleMsMax);
    if (waitMs > 0) await pause(waitMs, signal);
  };
}

/** Waits after a failure: twice as long each time, up to the maximum. */
export function createBackoff(signal: AbortSignal, waitMsMax = 5_000) {
  let waitMs = 0;
  return {
    wait: async (): Promise<void> => {
      waitMs = Math.min(Math.max(waitMs * 2, 50), waitMsMax);
      await pause(waitMs, signal);
    },
    reset: (): void => {
      waitMs = 0;
    },
  };
}
