import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Event } from "../../contract/event.ts";
import type { Clock } from "../inventory/index.ts";
import type { RunOnce } from "../runtime/aws/idempotency.ts";
import { queueDelaySeconds } from "../runtime/aws/queue-delay.ts";
import type { Log } from "../runtime/observability/log.ts";
import type { Meter } from "../runtime/observability/meter.ts";
import type { WebhookRecord, Webhooks } from "../runtime/webhooks/webhook-table.ts";
import { type Delivery, deliveryOf, Message } from "./delivery.ts";
import type { SendPost } from "./post.ts";
import { nextAttemptAt } from "./schedule.ts";
import { signedHeaders } from "./signature.ts";

export interface WebhookDeliveryPorts {
  readonly webhooks: Pick<Webhooks, "get" | "list">;
  readonly sqs: () => SQSClient;
  readonly queueUrl: string;
  readonly send: SendPost;
  readonly runOnce: RunOnce;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
}

/**
 * How long a list of webhooks is used, in milliseconds. Hundreds of events may arrive in a second, but webhooks rarely
 * change: a new webhook gets its first events up to a second later.
 */
const listedMs = 1_000;

/**
 * Delivers events to webhooks. Each event becomes one queue message for each webhook that subscribes to its type. The
 * function tries each message until the webhook accepts it or a day is over.
 */
export function createWebhookDelivery(ports: WebhookDeliveryPorts) {
  const list = remembered(() => ports.webhooks.list(), ports.clock);
  return (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const handleRecord = async ({ body, messageId }: SQSRecord) => {
      try {
        const message = Message.parse(JSON.parse(body));
        if ("kind" in message) await attempt(ports, message, context);
        else await spread(ports, await list(), message);
      } catch (error) {
        ports.log.error("message failed, the queue will deliver it again", { message_id: messageId, error });
        throw error;
      }
    };
    return processPartialResponse(event, handleRecord, new BatchProcessor(EventType.SQS), {
      processInParallel: true,
      throwOnFullBatchFailure: false,
    });
  };
}

async function spread(ports: WebhookDeliveryPorts, all: readonly WebhookRecord[], event: Event): Promise<void> {
  const wanting = all.filter(({ events }) => events.includes(event["detail-type"]));
  await Promise.all(wanting.map(({ id }) => enqueue(ports, deliveryOf(event, id, ports.clock()))));
  const { id, correlationId } = event.detail;
  // In a system with few webhooks most events have no effect here, so INFO would be too noisy.
  const log = wanting.length > 0 ? ports.log.info : ports.log.debug;
  log("event spread", { correlation_id: correlationId, event: id, webhookCount: wanting.length });
}

async function attempt(ports: WebhookDeliveryPorts, delivery: Delivery, context: Context): Promise<void> {
  const { clock, log, meter } = ports;
  if (clock() < delivery.dueAtMs) return enqueue(ports, delivery);
  const webhook = await ports.webhooks.get(delivery.webhook);
  if (!webhook) return; // The webhook was deleted.
  const about = {
    correlation_id: delivery.correlationId,
    webhook: webhook.id,
    message_id: delivery.messageId,
    attempt: delivery.attempt,
  };
  let failure: unknown;
  await ports
    .runOnce(
      delivery.messageId,
      async () => {
        try {
          await deliver(ports, webhook, delivery);
          log.info("webhook delivered", about);
          meter.count("WebhooksDelivered");
        } catch (error) {
          failure = error;
          throw error;
        }
      },
      context,
    )
    .catch((error: unknown) => {
      // A failure of the webhook's address is retried below; the queue retries any other.
      if (failure === undefined) throw error;
    });
  if (failure === undefined) return;
  const dueAtMs = nextAttemptAt(delivery.firstAtMs, delivery.attempt, clock());
  log.warn(dueAtMs === undefined ? "webhook given up" : "webhook post failed", { ...about, reason: String(failure) });
  meter.count(dueAtMs === undefined ? "WebhooksGivenUp" : "WebhooksNotTaken");
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
      DelaySeconds: queueDelaySeconds(delivery.dueAtMs, clock()),
    }),
  );
}

/** Caches what `ask` returns for `listedMs`. A failed call is not cached. */
function remembered<Value>(ask: () => Promise<Value>, clock: Clock): () => Promise<Value> {
  let last: { readonly value: Promise<Value>; readonly atMs: number } | undefined;
  return () => {
    if (last && clock() - last.atMs < listedMs) return last.value;
    const value = ask();
    last = { value, atMs: clock() };
    value.catch(() => {
      last = undefined;
    });
    return value;
  };
}
