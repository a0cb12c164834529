import { z } from "zod";
import { listQuery, page } from "../list.ts";
import { type Route, withScope } from "../route.ts";
import { Webhook, WebhookId, WebhookMade, WebhookPost } from "../webhook.ts";

/** Webhooks: which events are posted to which address. */
export const webhookRoutes = {
  createWebhook: {
    method: "POST",
    path: "/webhooks",
    summary: "Have events posted to an address; the secret that signs them is shown once",
    function: "webhooks",
    kind: "command",
    rateLimit: "command",
    access: withScope("webhooks:write"),
    body: WebhookPost,
    idempotencyKey: true,
    answers: { 201: { description: "The webhook, with its secret", schema: WebhookMade } },
    problems: [],
    announces: { nothing: "receivers of events do not need to know the list of receivers" },
  },
  listWebhooks: {
    method: "GET",
    path: "/webhooks",
    summary: "List the webhooks",
    function: "webhooks",
    kind: "read",
    rateLimit: "read",
    access: withScope("webhooks:write"),
    query: z.strictObject(listQuery),
    answers: { 200: { description: "A page of webhooks", schema: page(Webhook) } },
    problems: [],
  },
  deleteWebhook: {
    method: "DELETE",
    path: "/webhooks/{id}",
    summary: "Delete a webhook; what was not delivered yet is dropped",
    function: "webhooks",
    kind: "command",
    rateLimit: "command",
    access: withScope("webhooks:write"),
    parameters: z.strictObject({ id: WebhookId }),
    answers: { 204: { description: "It is gone", schema: z.null() } },
    problems: ["not_found"],
    announces: { nothing: "receivers of events do not need to know the list of receivers" },
  },
} as const satisfies Record<string, Route>;
