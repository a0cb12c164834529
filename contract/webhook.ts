import { z } from "zod";
import { eventTypes } from "./event.ts";
import { Instant } from "./identifiers.ts";

/** The limits of webhooks. */
export const webhookLimits = {
  /** The largest number of subscriptions in a deployment. The service checks all of them for every event. */
  countMax: 100,
  urlCharactersMax: 2_048,
  /** The service gives up a delivery after this time without success. */
  deliverySecondsMax: 86_400,
} as const;

/** The id, which the service makes: 32 hexadecimal digits. */
export const WebhookId = z
  .string()
  .regex(/^[0-9a-f]{32}$/, "must be the id of a webhook")
  .brand<"WebhookId">();
export type WebhookId = z.output<typeof WebhookId>;

const EventName = z.enum(eventTypes);

/** The body of `POST /webhooks`. The deployment decides whether the address is allowed. */
export const WebhookPost = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).max(webhookLimits.urlCharactersMax),
    events: z
      .array(EventName)
      .min(1)
      .refine((names) => new Set(names).size === names.length, "must not name an event twice"),
  })
  .meta({ id: "WebhookPost" });
export type WebhookPost = z.output<typeof WebhookPost>;

/** A subscription: events of these types are posted to the address. */
export const Webhook = z
  .strictObject({ id: WebhookId, url: z.string(), events: z.array(EventName), createdAt: Instant })
  .meta({ id: "Webhook" });
export type Webhook = z.output<typeof Webhook>;

/** A new webhook with its secret, which is shown once. The secret signs deliveries as Standard Webhooks defines. */
export const WebhookMade = z
  .strictObject({ ...Webhook.shape, secret: z.string().regex(/^whsec_/) })
  .meta({ id: "WebhookMade" });
export type WebhookMade = z.output<typeof WebhookMade>;
