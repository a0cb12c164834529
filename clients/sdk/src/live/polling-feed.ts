import { jitteredMs } from "../backoff.ts";
import type { Ports } from "../ports.ts";
import { noLevels, type StockLevel, takeIn } from "./levels.ts";
import { type StockFeed, viewOf } from "./stock-view.ts";

const pollMs = 2_000;
const retryDelay = { firstMs: pollMs, ceilingMs: 30_000 };

/** Creates a feed that polls levels, for deployments without a WebSocket. */
export function createPollingFeed(options: {
  readonly read: (topic: string, signal: AbortSignal) => Promise<readonly StockLevel[]>;
  readonly ports: Ports;
}): StockFeed {
  const { ports } = options;
  const wakers = new Set<() => void>();
  let isResting = false;
  return {
    rest: () => {
      isResting = true;
    },
    wake: () => {
      isResting = false;
      for (const wake of [...wakers]) wake();
    },
    follow: (topic, held, show) => {
      const abort = new AbortController();
      let levels = takeIn(noLevels, held);
      let failureCount = 0;
      let isReading = false;
      let cancel = () => {};
      const poll = async () => {
        if (isReading || isResting) return;
        cancel();
        isReading = true;
        try {
          levels = takeIn(levels, await options.read(topic, abort.signal));
          failureCount = 0;
          if (!abort.signal.aborted) show(viewOf(levels, "polling"));
        } catch (error) {
          failureCount += 1;
          if (!abort.signal.aborted) show(viewOf(levels, "failed", error));
        }
        isReading = false;
        if (abort.signal.aborted) return;
        const waitMs = failureCount === 0 ? pollMs : pollMs + jitteredMs(ports.random(), failureCount, retryDelay);
        cancel = ports.after(waitMs, poll);
      };
      wakers.add(poll);
      void poll();
      return () => {
        wakers.delete(poll);
        abort.abort();
        cancel();
      };
    },
  };
}
