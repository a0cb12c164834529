import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../progress.ts";

const pollMs = 1_000;

export interface Reached {
  readonly done: number;
  readonly total: number;
}

/**
 * Polls until all is done. Also returns when there was no progress for `silenceMsMax`, or when interrupted: the
 * comparison then reports what is missing.
 */
export async function untilComplete(
  look: () => Reached | Promise<Reached>,
  options: { phase: string; unit: string; silenceMsMax: number; progress: Progress; signal: AbortSignal },
): Promise<void> {
  let { done, total } = await look();
  let movedMs = Date.now();
  options.progress.start(options.phase, { total, unit: options.unit });
  options.progress.reach(done);
  while (done < total && !options.signal.aborted && Date.now() - movedMs <= options.silenceMsMax) {
    await sleep(pollMs);
    const now = await look();
    if (now.done > done) movedMs = Date.now();
    ({ done, total } = now);
    options.progress.reach(done);
  }
  options.progress.end();
}
