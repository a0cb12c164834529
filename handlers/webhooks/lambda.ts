import { randomBytes } from "node:crypto";
import { connectCache } from "../runtime/cache/index.ts";
import {
  createHttpHandler,
  createLog,
  createMeter,
  lazyDynamoDb,
  metered,
  parseEnvironment,
  systemClock,
  systemIds,
} from "../runtime/index.ts";
import { createWebhooks } from "../runtime/webhooks/webhook-table.ts";
import { Environment } from "./environment.ts";
import { createWebhookRoutes, webhookChecks } from "./routes.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const meter = createMeter(environment);

export const handler = metered(
  meter,
  createHttpHandler({
    function: "webhooks",
    routes: createWebhookRoutes({
      webhooks: createWebhooks({
        dynamoDb: lazyDynamoDb({ timeoutMs: 1_000, attemptCountMax: 3 }),
        webhooksTable: environment.WEBHOOKS_TABLE,
      }),
      clock: systemClock,
      secret: () => randomBytes(32).toString("base64"),
    }),
    checks: webhookChecks(environment.WEBHOOK_TARGETS),
    rateLimiter: connectCache(environment, { clock: systemClock, log, meter }).rateLimiter,
    clock: systemClock,
    ids: systemIds,
    log,
    meter,
  }),
);
