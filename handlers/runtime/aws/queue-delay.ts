/** The longest delay of a message. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const delaySecondsMax = 900;

/**
 * Returns the delay of a message until an instant in seconds, rounded up so that the message is not early. For an
 * instant beyond the longest delay the caller has to send the message again.
 */
export function queueDelaySeconds(dueAtMs: number, nowMs: number): number {
  return Math.min(delaySecondsMax, Math.max(0, Math.ceil((dueAtMs - nowMs) / 1_000)));
}
