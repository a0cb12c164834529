/** Creates a clock that moves only when a test calls `advance`. */
export function createClock(startMs = 1_800_000_000_000) {
  const timers = new Map<object, { readonly atMs: number; readonly run: () => void }>();
  let nowMs = startMs;
  return {
    now: () => nowMs,
    after: (waitMs: number, run: () => void) => {
      const timer = {};
      timers.set(timer, { atMs: nowMs + waitMs, run });
      return () => void timers.delete(timer);
    },
    /** Returns the remaining wait of each timer. */
    waits: () => [...timers.values()].map(({ atMs }) => atMs - nowMs),
    advance: (ms: number) => {
      const endMs = nowMs + ms;
      for (;;) {
        const due = [...timers].filter(([, { atMs }]) => atMs <= endMs).sort(([, a], [, b]) => a.atMs - b.atMs)[0];
        if (due === undefined) break;
        timers.delete(due[0]);
        nowMs = Math.max(nowMs, due[1].atMs);
        due[1].run();
      }
      nowMs = endMs;
    },
  };
}
