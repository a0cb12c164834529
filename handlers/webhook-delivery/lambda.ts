import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { lazyDynamoDb, lazySqs } from "../runtime/aws/clients.ts";
import { parseEnvironment } from "../runtime/environment.ts";
import { createLog } from "../runtime/observability/log.ts";
import { createMeter, metered } from "../runtime/observability/meter.ts";
import { systemClock } from "../runtime/system.ts";
import { createWebhooks } from "../runtime/webhooks/webhook-table.ts";
import { Environment } from "./environment.ts";
import { createWebhookDelivery } from "./handler.ts";
import { createOnce } from "./once.ts";
import { createSendPost } from "./post.ts";

const environment = parseEnvironment(Environment, process.env);
const meter = createMeter(environment);

export const handler = metered(
  meter,
  createWebhookDelivery({
    webhooks: createWebhooks({
      dynamoDb: lazyDynamoDb({ timeoutMs: 1_000, attemptCountMax: 3 }),
      webhooksTable: environment.WEBHOOKS_TABLE,
    }),
    sqs: lazySqs({ timeoutMs: 2_000, attemptCountMax: 3 }),
    queueUrl: environment.WEBHOOK_QUEUE_URL,
    send: createSendPost(environment.WEBHOOK_TARGETS),
    once: createOnce(new DynamoDBClient({ maxAttempts: 3 }), environment.IDEMPOTENCY_TABLE),
    clock: systemClock,
    log: createLog(environment),
    meter,
  }),
);
