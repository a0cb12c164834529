/** The clock and the timers of the services. A test replaces them and moves the time by hand. */
export interface Timers {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once after `waitMs`; the returned function cancels it. */
  after(waitMs: number, run: () => void): () => void;
}

/** The longest wait of `setTimeout`; with a longer one it fires immediately. */
const waitMsMax = 2 ** 31 - 1;

export const systemTimers: Timers = {
  now: () => Date.now(),
  after: (waitMs, run) => {
    const timer = setTimeout(run, Math.min(Math.max(0, waitMs), waitMsMax));
    return () => clearTimeout(timer);
  },
};
