import { limits } from "../../contract/limits.ts";
import { type Clock, DeadlineError, type Random, type Wait } from "../inventory/index.ts";

interface TimingPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly wait: Wait;
}

const backoffMsBase = 20;
const backoffMsMax = 640;

/** How long one command or read may take, counted from when its request was received. */
export interface Deadline {
  /** Waits before the next try, with full jitter. Throws `DeadlineError` where the deadline would pass meanwhile. */
  backOff(triedCount: number): Promise<void>;
  /** Runs one call to the table, aborted after a second or at the deadline. Throws `DeadlineError` after the deadline. */
  timed<Result>(call: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

export function startDeadline({ clock, random, wait }: TimingPorts, receivedAtMs: number): Deadline {
  const endMs = receivedAtMs + limits.commandDeadlineMs;
  return {
    async backOff(triedCount) {
      const waitMs = random() * Math.min(backoffMsMax, backoffMsBase * 2 ** triedCount);
      if (clock() + waitMs >= endMs) throw new DeadlineError();
      await wait(waitMs);
    },
    async timed(call) {
      const leftMs = endMs - clock();
      if (leftMs <= 0) throw new DeadlineError();
      const aborted = new AbortController();
      const settled = new AbortController();
      const timeout = timeOut(wait, Math.min(limits.writeTimeoutMs, leftMs), { aborted, settled: settled.signal });
      try {
        return await Promise.race([call(aborted.signal), timeout]);
      } finally {
        settled.abort();
      }
    },
  };
}

/** The call may have reached the table all the same: to its caller the outcome is unknown. */
class CallTimeoutError extends Error {
  override readonly name = "CallTimeoutError";
}

interface Timed {
  readonly aborted: AbortController;
  readonly settled: AbortSignal;
}

/** Aborts the call and fails after `timeoutMs`, unless the call was settled before. */
async function timeOut(wait: Wait, timeoutMs: number, { aborted, settled }: Timed): Promise<never> {
  await wait(timeoutMs, settled);
  if (settled.aborted) return new Promise<never>(() => {});
  aborted.abort();
  throw new CallTimeoutError(`no answer from the table within ${timeoutMs} ms`);
}
