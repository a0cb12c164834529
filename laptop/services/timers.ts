/** Time as the services see it, so that a test moves it by hand and nothing in it waits. */
export interface Timers {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once after `waitMs`; the returned function cancels it. */
  after(waitMs: number, run: () => void): () => void;
}

/** The longest wait that `setTimeout` takes; a longer one fires at once. */
const waitMsMax = 2 ** 31 - 1;

export const systemTimers: Timers = {
  now: () => Date.now(),
  after: (waitMs, run) => {
    const timer = setTimeout(run, Math.min(Math.max(0, waitMs), waitMsMax));
    return () => clearTimeout(timer);
  },
};
