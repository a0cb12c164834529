import { webhookLimits } from "../../contract/webhook.ts";

/** The wait after the first, second, ... attempt. Later attempts use the last one. */
const waitSeconds = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400] as const;

/** Returns when the next attempt is due, or undefined when that is more than a day after the first attempt. */
export function nextAttemptAt(firstAtMs: number, attempt: number, nowMs: number): number | undefined {
  const wait = waitSeconds[Math.min(attempt, waitSeconds.length) - 1] ?? 0;
  const dueAtMs = nowMs + wait * 1_000;
  return dueAtMs - firstAtMs <= webhookLimits.deliverySecondsMax * 1_000 ? dueAtMs : undefined;
}
