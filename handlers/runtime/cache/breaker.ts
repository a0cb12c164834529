import type { Clock } from "../../inventory/index.ts";

export interface Breaker {
  /** Whether to try. While it is open, one attempt each `openMs` is let through to see whether it works again. */
  allows(): boolean;
  succeeded(): void;
  /** `lost`: there is no connection, so that another attempt at once could not do better. */
  failed(lost: boolean): "opened" | "stays";
}

/** Stops asking what does not answer, so that its time-outs are paid by few requests and not by all. */
export function createBreaker({
  clock,
  failureCountMax,
  openMs,
}: {
  readonly clock: Clock;
  /** So many failures in a row open it. */
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
