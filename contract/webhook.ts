import { z } from "zod";
import { eventTypes } from "./event.ts";
import { Instant } from "./identifiers.ts";

/** Bounds of webhooks. */
export const webhookLimits = {
  /** Subscriptions of a deployment: every event looks at all of them. */
  countMax: 100,
  urlCharactersMax: 2_048,
  /** After so long without success a delivery is given up. */
  deliverySecondsMax: 86_400,
} as const;

/** Made by the service: 32 hexadecimal digits. */
export const WebhookId = z
  .string()
  .regex(/^[0-9a-f]{32}$/, "must be the id of a webhook")
  .brand<"WebhookId">();
export type WebhookId = z.output<typeof WebhookId>;

const EventName = z.enum(eventTypes);

/** The body of `POST /webhooks`. Whether the address is allowed is decided by the deployment. */
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

/** A webhook just made, with its secret, which is shown once. It signs deliveries as Standard Webhooks defines. */
export const WebhookMade = z
  .strictObject({ ...Webhook.shape, secret: z.string().regex(/^whsec_/) })
  .meta({ id: "WebhookMade" });
export type WebhookMade = z.output<typeof WebhookMade>;
