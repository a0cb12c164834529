import { webhookLimits } from "../../contract/webhook.ts";

/** Waits after the first, second, ... attempt; the last one is repeated. */
const waitSeconds = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400] as const;
/** What a queue delays a message by at most. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html */
const delaySecondsMax = 900;

/** When the next attempt is due, or undefined when a day is over. */
export function nextAttemptAt(firstAtMs: number, attempt: number, nowMs: number): number | undefined {
  const wait = waitSeconds[Math.min(attempt, waitSeconds.length) - 1] ?? 0;
  const dueAtMs = nowMs + wait * 1_000;
  return dueAtMs - firstAtMs <= webhookLimits.deliverySecondsMax * 1_000 ? dueAtMs : undefined;
}

export const delaySecondsUntil = (dueAtMs: number, nowMs: number): number =>
  Math.max(0, Math.min(delaySecondsMax, Math.ceil((dueAtMs - nowMs) / 1_000)));
