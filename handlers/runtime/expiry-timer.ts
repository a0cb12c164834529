import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { z } from "zod";
import { Instant, ReservationId } from "../../contract/identifiers.ts";
import type { Clock } from "../inventory/index.ts";

/** The message that comes back when a reservation is due. It decides nothing: the expiry's own write does. */
export const ExpiryTimer = z.strictObject({
  id: ReservationId,
  dueAt: Instant,
  /** Of the request that set it. */
  correlationId: z.string().optional(),
});
export type ExpiryTimer = z.output<typeof ExpiryTimer>;

export interface TimerPorts {
  readonly sqs: () => SQSClient;
  readonly queueUrl: string;
  readonly clock: Clock;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const delaySecondsMax = 900;

/** Until the instant, rounded up so that the message is not early; a longer way is gone in stages. */
export function delaySecondsUntil(dueAt: string, nowMs: number): number {
  const remainingSeconds = Math.ceil((Date.parse(dueAt) - nowMs) / 1_000);
  return Math.min(delaySecondsMax, Math.max(0, remainingSeconds));
}

export async function sendExpiryTimer(ports: TimerPorts, timer: ExpiryTimer, abortSignal?: AbortSignal): Promise<void> {
  const command = new SendMessageCommand({
    QueueUrl: ports.queueUrl,
    MessageBody: JSON.stringify(timer),
    DelaySeconds: delaySecondsUntil(timer.dueAt, ports.clock()),
  });
  await ports.sqs().send(command, abortSignal ? { abortSignal } : {});
}
