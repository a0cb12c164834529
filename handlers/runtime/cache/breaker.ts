import type { Clock } from "../../inventory/index.ts";

export interface Breaker {
  /** Returns whether to try. While the breaker is open, it allows one attempt every `openMs` as a test. */
  allows(): boolean;
  succeeded(): void;
  /** `lost`: the connection is lost, so another attempt now would fail too, and the breaker opens immediately. */
  failed(lost: boolean): "opened" | "stays";
}

/** Creates a circuit breaker: while a dependency does not respond, only few requests wait for its time-out. */
export function createBreaker({
  clock,
  failureCountMax,
  openMs,
}: {
  readonly clock: Clock;
  /** The number of failures in a row that opens the breaker. */
  readonly failureCountMax: number;
  readonly openMs: number;
}): Breaker {
  let failureCount = 0;
  let openUntilMs = 0;
  const isOpen = () => failureCount >= failureCountMax;
  return {
    allows() {
      if (!isOpen()) return true;
      const nowMs = clock();
      if (nowMs < openUntilMs) return false;
      openUntilMs = nowMs + openMs;
      return true;
    },
    succeeded() {
      failureCount = 0;
    },
    failed(lost) {
      const wasOpen = isOpen();
      failureCount = lost ? Math.max(failureCountMax, failureCount + 1) : failureCount + 1;
      if (!isOpen()) return "stays";
      openUntilMs = clock() + openMs;
      return wasOpen ? "stays" : "opened";
    },
  };
}
