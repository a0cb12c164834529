import { limits } from "../../contract/limits.ts";
import { type Clock, DeadlineError, type Random, type Wait } from "../inventory/index.ts";

interface TimingPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly wait: Wait;
}

const backoffMsBase = 20;
const backoffMsMax = 640;

/** The deadline of one command or read, counted from the receipt of its request. */
export interface Deadline {
  /** Waits before the next attempt, with full jitter. Throws `DeadlineError` if the deadline would pass meanwhile. */
  backOff(triedCount: number): Promise<void>;
  /**
   * Runs one call, and aborts it after a second or at the deadline. Throws `DeadlineError` if the deadline has passed.
   */
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

/** A call that took too long. It may still have reached the table, so its outcome is unknown. */
class CallTimeoutError extends Error {
  override readonly name = "CallTimeoutError";
}

interface Timed {
  readonly aborted: AbortController;
  readonly settled: AbortSignal;
}

/** Aborts the call and throws after `timeoutMs`, unless the call has settled before. */
async function timeOut(wait: Wait, timeoutMs: number, { aborted, settled }: Timed): Promise<never> {
  await wait(timeoutMs, settled);
  if (settled.aborted) return new Promise<never>(() => {});
  aborted.abort();
  throw new CallTimeoutError(`no answer from the table within ${timeoutMs} ms`);
}
