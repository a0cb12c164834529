import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { z } from "zod";
import { Instant, ReservationId } from "../../contract/identifiers.ts";
import type { Clock } from "../inventory/index.ts";
import { queueDelaySeconds } from "./aws/queue-delay.ts";

/** A delayed message that arrives when a reservation is due. Only the conditional write of the expiry decides. */
export const ExpiryTimer = z.strictObject({
  id: ReservationId,
  dueAt: Instant,
  /** The id of the request that set the timer. */
  correlationId: z.string().optional(),
});
export type ExpiryTimer = z.output<typeof ExpiryTimer>;

export interface TimerPorts {
  readonly sqs: () => SQSClient;
  readonly queueUrl: string;
  readonly clock: Clock;
}

export async function sendExpiryTimer(ports: TimerPorts, timer: ExpiryTimer, abortSignal?: AbortSignal): Promise<void> {
  const command = new SendMessageCommand({
    QueueUrl: ports.queueUrl,
    MessageBody: JSON.stringify(timer),
    DelaySeconds: queueDelaySeconds(Date.parse(timer.dueAt), ports.clock()),
  });
  await ports.sqs().send(command, abortSignal ? { abortSignal } : {});
}
