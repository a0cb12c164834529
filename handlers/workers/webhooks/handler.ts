import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Event } from "../../../contract/event.ts";
import type { Clock } from "../../inventory/index.ts";
import type { Log } from "../../runtime/log.ts";
import type { WebhookRecord, Webhooks } from "../../runtime/webhook-table.ts";
import { type Delivery, deliveryOf, Message } from "./delivery.ts";
import type { SendPost } from "./post.ts";
import { delaySecondsUntil, nextAttemptAt } from "./schedule.ts";
import { signedHeaders } from "./signature.ts";

export interface WebhookDeliveryPorts {
  readonly webhooks: Pick<Webhooks, "get" | "list">;
  readonly sqs: () => SQSClient;
  readonly queueUrl: string;
  readonly send: SendPost;
  /** Runs `deliver` unless a delivery with this id was made. */
  readonly once: (messageId: string, deliver: () => Promise<void>, context: Context) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Brings events to webhooks: an event becomes a message a webhook, and a message is tried until it is taken. */
export function createWebhookDelivery(ports: WebhookDeliveryPorts) {
  return (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const handleRecord = async ({ body, messageId }: SQSRecord) => {
      try {
        const message = Message.parse(JSON.parse(body));
        await ("kind" in message ? attempt(ports, message, context) : spread(ports, message));
      } catch (error) {
        ports.log.error("message failed, the queue will bring it again", { message_id: messageId, error });
        throw error;
      }
    };
    return processPartialResponse(event, handleRecord, new BatchProcessor(EventType.SQS), {
      processInParallel: true,
      throwOnFullBatchFailure: false,
    });
  };
}

async function spread(ports: WebhookDeliveryPorts, event: Event): Promise<void> {
  const wanting = (await ports.webhooks.list()).filter(({ events }) => events.includes(event["detail-type"]));
  await Promise.all(wanting.map(({ id }) => enqueue(ports, deliveryOf(event, id, ports.clock()))));
}

async function attempt(ports: WebhookDeliveryPorts, delivery: Delivery, context: Context): Promise<void> {
  const { clock, log } = ports;
  if (clock() < delivery.dueAtMs) return enqueue(ports, delivery);
  const webhook = await ports.webhooks.get(delivery.webhook);
  if (!webhook) return; // It was deleted: nobody wants it any more.
  const about = { webhook: webhook.id, message: delivery.messageId, attempt: delivery.attempt };
  let failure: unknown;
  await ports
    .once(
      delivery.messageId,
      async () => {
        try {
          await deliver(ports, webhook, delivery);
          log.info("webhook delivered", about);
        } catch (error) {
          failure = error;
          throw error;
        }
      },
      context,
    )
    .catch((error: unknown) => {
      // What the address did is answered by a retry; anything else, by the queue.
      if (failure === undefined) throw error;
    });
  if (failure === undefined) return;
  const dueAtMs = nextAttemptAt(delivery.firstAtMs, delivery.attempt, clock());
  log.warn(dueAtMs === undefined ? "webhook given up" : "webhook not taken", { ...about, reason: String(failure) });
  if (dueAtMs !== undefined) await enqueue(ports, { ...delivery, attempt: delivery.attempt + 1, dueAtMs });
}

async function deliver({ send, clock }: WebhookDeliveryPorts, webhook: WebhookRecord, delivery: Delivery) {
  const { body, messageId: id } = delivery;
  const timestamp = Math.floor(clock() / 1_000);
  const status = await send({
    url: webhook.url,
    body,
    headers: signedHeaders(webhook.secret, { id, timestamp, body }),
  });
  if (status < 200 || status > 299) throw new Error(`the address answered ${status}`);
}

async function enqueue({ sqs, queueUrl, clock }: WebhookDeliveryPorts, delivery: Delivery): Promise<void> {
  await sqs().send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(delivery),
      DelaySeconds: delaySecondsUntil(delivery.dueAtMs, clock()),
    }),
  );
}
