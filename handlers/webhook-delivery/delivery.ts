import { z } from "zod";
import { Event, type EventType } from "../../contract/event.ts";
import { WebhookId } from "../../contract/webhook.ts";
import { sha256 } from "../runtime/canonical.ts";

/** A queue message: one event for one webhook. */
export const Delivery = z.object({
  kind: z.literal("delivery"),
  webhook: WebhookId,
  /** The same for every attempt, and when the bus delivers the event again. */
  messageId: z.string(),
  /** The id of the request that caused the event. */
  correlationId: z.string().optional(),
  body: z.string(),
  /** Starts at 1. */
  attempt: z.int().min(1),
  firstAtMs: z.number(),
  dueAtMs: z.number(),
});
export type Delivery = z.output<typeof Delivery>;

/** A message of the queue: an event that a rule of the bus put there, or a delivery that this function put there. */
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
