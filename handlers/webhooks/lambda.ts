import { randomBytes } from "node:crypto";
import { connectCache } from "../runtime/cache/index.ts";
import { bind, createHttpHandler } from "../runtime/index.ts";
import { connectWebhooks } from "../runtime/webhooks/webhook-table.ts";
import { Environment } from "./environment.ts";
import { createWebhookRoutes, webhookChecks } from "./routes.ts";

const binding = bind(Environment);
const { ports } = binding;

export const handler = binding.metered(
  createHttpHandler({
    ...ports,
    function: "webhooks",
    routes: createWebhookRoutes({
      ...ports,
      webhooks: connectWebhooks(binding),
      secret: () => randomBytes(32).toString("base64"),
    }),
    checks: webhookChecks(binding.environment.WEBHOOK_TARGETS),
    rateLimiter: connectCache(binding).rateLimiter,
  }),
);
