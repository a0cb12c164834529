import { connectRunOnce } from "../runtime/aws/idempotency.ts";
import { bind, lazySqs } from "../runtime/index.ts";
import { connectWebhooks } from "../runtime/webhooks/webhook-table.ts";
import { Environment } from "./environment.ts";
import { createSendPost } from "./post.ts";
import { createWebhookDelivery } from "./webhook-delivery.ts";

const binding = bind(Environment);
const { environment } = binding;

export const handler = binding.metered(
  createWebhookDelivery({
    ...binding.ports,
    webhooks: connectWebhooks(binding),
    sqs: lazySqs({ timeoutMs: 2_000, attemptCountMax: 3 }),
    queueUrl: environment.WEBHOOK_QUEUE_URL,
    send: createSendPost(environment.WEBHOOK_TARGETS),
    runOnce: connectRunOnce(binding, "webhook"),
  }),
);
