import { webhookLimits } from "../../contract/webhook.ts";

/** Waits after the first, second, ... attempt; the last one is repeated. */
const waitSeconds = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400] as const;

/** When the next attempt is due, or undefined when a day is over. */
export function nextAttemptAt(firstAtMs: number, attempt: number, nowMs: number): number | undefined {
  const wait = waitSeconds[Math.min(attempt, waitSeconds.length) - 1] ?? 0;
  const dueAtMs = nowMs + wait * 1_000;
  return dueAtMs - firstAtMs <= webhookLimits.deliverySecondsMax * 1_000 ? dueAtMs : undefined;
}
