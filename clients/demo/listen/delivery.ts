import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { z } from "zod";
import { eventId, eventSchemas, eventTypes } from "../../../contract/event.ts";

const Body = z.object({
  type: z.enum(eventTypes),
  timestamp: z.string(),
  data: z.unknown(),
});

/** A delivery that a receiver must refuse. The message says what is wrong with it. */
export class WrongDelivery extends Error {
  override readonly name = "WrongDelivery";
}

/**
 * Verifies a delivery's signature (Standard Webhooks) and shape (contract), and returns the id of its event.
 * @throws WrongDelivery
 */
export function readDelivery(secret: string, headers: Readonly<Record<string, string>>, body: string): string {
  const { type, data } = verified(secret, headers, body);
  const detail = eventSchemas[type].shape.detail.safeParse(data);
  if (!detail.success) throw new WrongDelivery(`a ${type} outside the contract: ${z.prettifyError(detail.error)}`);
  const { id, subject, version, after } = detail.data;
  if (id !== eventId(type, subject, version) || version !== (after?.version ?? version)) {
    const what = `${eventId(type, subject, version)}, with version ${after?.version} after it`;
    throw new WrongDelivery(`${id} is the id of ${what}`);
  }
  return id;
}

function verified(secret: string, headers: Readonly<Record<string, string>>, body: string): z.output<typeof Body> {
  try {
    const parsed = Body.safeParse(new Webhook(secret).verify(body, headers));
    if (parsed.success) return parsed.data;
    throw new WrongDelivery(`a body that is no event: ${z.prettifyError(parsed.error)}`);
  } catch (cause) {
    if (!(cause instanceof WebhookVerificationError)) throw cause;
    throw new WrongDelivery(`message ${headers["webhook-id"]} is not signed: ${cause.message}`, { cause });
  }
}
