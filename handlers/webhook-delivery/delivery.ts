import { z } from "zod";
import { Event, type EventType } from "../../contract/event.ts";
import { WebhookId } from "../../contract/webhook.ts";
import { sha256 } from "../runtime/canonical.ts";

/** One event for one webhook, as it waits in the queue. */
export const Delivery = z.object({
  kind: z.literal("delivery"),
  webhook: WebhookId,
  /** The same for every attempt, and for every delivery of the same event. */
  messageId: z.string(),
  /** Of the request that the event comes from. */
  correlationId: z.string().optional(),
  body: z.string(),
  /** From 1. */
  attempt: z.int().min(1),
  firstAtMs: z.number(),
  dueAtMs: z.number(),
});
export type Delivery = z.output<typeof Delivery>;

/** What comes out of the queue: an event that a rule put there, or a delivery that the function put there itself. */
export const Message = z.union([Delivery, Event]);

export function deliveryOf(event: Event, webhook: WebhookId, nowMs: number): Delivery {
  const { detail } = event;
  const type: EventType = event["detail-type"];
  return {
    kind: "delivery",
    webhook,
    correlationId: detail.correlationId,
    messageId: `msg_${sha256(`${webhook}\n${detail.id}`).slice(0, 32)}`,
    body: JSON.stringify({ type, timestamp: detail.occurredAt, data: detail }),
    attempt: 1,
    firstAtMs: nowMs,
    dueAtMs: nowMs,
  };
}
