/** The longest delay of a message. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const delaySecondsMax = 900;

/**
 * Seconds by which a queue delays a message until an instant, rounded up so that the message is not early. A later
 * instant takes several messages, one after the other.
 */
export function queueDelaySeconds(dueAtMs: number, nowMs: number): number {
  return Math.min(delaySecondsMax, Math.max(0, Math.ceil((dueAtMs - nowMs) / 1_000)));
}
