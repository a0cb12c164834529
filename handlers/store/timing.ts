import { limits } from "../../contract/limits.ts";
import type { Clock, Random, Wait } from "../inventory/index.ts";
import { RefusalError, unavailable } from "../inventory/index.ts";

interface TimingPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly wait: Wait;
}

const backoffMsBase = 20;
const backoffMsMax = 640;

/** How long one command or read may take, counted from when its request was received. */
export interface Deadline {
  /** Waits before the next try, with full jitter; fails where the deadline would pass meanwhile. */
  backOff(triedCount: number): Promise<void>;
  /** Runs one call to the table, aborted after a second or at the deadline. */
  timed<Result>(call: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

export function startDeadline(ports: TimingPorts, receivedAtMs: number): Deadline {
  const endMs = receivedAtMs + limits.commandDeadlineMs;
  const check = () => {
    if (ports.clock() >= endMs) throw new RefusalError(unavailable(notInTime));
  };
  return {
    async backOff(triedCount) {
      const waitMs = ports.random() * Math.min(backoffMsMax, backoffMsBase * 2 ** triedCount);
      if (ports.clock() + waitMs >= endMs) throw new RefusalError(unavailable(notInTime));
      await ports.wait(waitMs);
    },
    async timed(call) {
      check();
      return withTimeout(ports.wait, Math.min(limits.writeTimeoutMs, endMs - ports.clock()), call);
    },
  };
}

const notInTime =
  `Not decided within ${limits.commandDeadlineMs / 1_000} s. ` +
  "Send the same request again, with the same Idempotency-Key: it is never carried out twice.";

/** The call may have reached the table all the same: to its caller the outcome is unknown. */
class CallTimeoutError extends Error {
  override readonly name = "CallTimeoutError";
}

async function withTimeout<Result>(wait: Wait, timeoutMs: number, call: (signal: AbortSignal) => Promise<Result>) {
  const aborted = new AbortController();
  const settled = new AbortController();
  const timeout = wait(timeoutMs, settled.signal).then(() => {
    if (settled.signal.aborted) return new Promise<never>(() => {});
    aborted.abort();
    throw new CallTimeoutError(`no answer from the table within ${timeoutMs} ms`);
  });
  try {
    return await Promise.race([call(aborted.signal), timeout]);
  } finally {
    settled.abort();
  }
}
