import { type Webhook, WebhookId, type WebhookMade, webhookLimits } from "../../contract/webhook.ts";
import {
  type Clock,
  decodeCursor,
  done,
  encodeCursor,
  type Idempotency,
  invalid,
  keyReused,
  notFound,
} from "../inventory/index.ts";
import { type Checks, type RouteHandlers, sha256 } from "../runtime/index.ts";
import { urlProblem, type WebhookTargets } from "../runtime/webhooks/webhook-address.ts";
import type { WebhookRecord, Webhooks } from "../runtime/webhooks/webhook-table.ts";

export interface WebhookPorts {
  readonly webhooks: Webhooks;
  readonly clock: Clock;
  /** Returns 32 random bytes in base64. They must be unpredictable. */
  readonly secret: () => string;
}

/** Refuses an address that this deployment never delivers to, before any read. */
export const webhookChecks = (targets: WebhookTargets): Checks<"webhooks"> => ({
  createWebhook: ({ body }) => {
    const message = urlProblem(body.url, targets);
    return message === undefined ? undefined : invalid([{ path: "/url", message }]);
  },
});

export function createWebhookRoutes({ webhooks, clock, secret }: WebhookPorts): RouteHandlers<"webhooks"> {
  return {
    createWebhook: async ({ body, context: { idempotency } }) => {
      if (!idempotency) throw new Error("a POST came without its Idempotency-Key");
      const known = await webhooks.list();
      const id = idOf(idempotency);
      if (known.length >= webhookLimits.countMax && !known.some((webhook) => webhook.id === id)) {
        const message = `a deployment has at most ${webhookLimits.countMax} webhooks; delete one first`;
        return invalid([{ path: "/url", message }]);
      }
      const createdAt = new Date(clock()).toISOString();
      const record: WebhookRecord = {
        id,
        ...body,
        createdAt,
        secret: `whsec_${secret()}`,
        bodyHash: idempotency.bodyHash,
      };
      const earlier = await webhooks.make(record);
      if (earlier && earlier.bodyHash !== idempotency.bodyHash) return keyReused(idempotency.key);
      return done({ status: 201, body: madeOf(earlier ?? record) }, earlier !== undefined);
    },
    listWebhooks: async ({ query: { limit, cursor } }) => {
      const after = decodeCursor(cursor, (id) => WebhookId.safeParse(id).data);
      if (after.kind === "refused") return after;
      const behind = (await webhooks.list()).filter(({ id }) => after.value === undefined || id > after.value);
      const items = behind.slice(0, limit).map(shownOf);
      const last = behind.length > limit ? items.at(-1) : undefined;
      return done({ status: 200, body: { items, nextCursor: last ? encodeCursor(last.id) : null } });
    },
    deleteWebhook: async ({ parameters: { id } }) => {
      const removed = await webhooks.remove(id);
      return removed ? done({ status: 204, body: null }) : notFound(`webhook ${id}`);
    },
  };
}

/** Derives the id from the Idempotency-Key, so that a repeated request does not create a second webhook. */
const idOf = ({ client, subject, key }: Idempotency): WebhookId =>
  WebhookId.parse(sha256(JSON.stringify([client, subject, key])).slice(0, 32));

const shownOf = ({ id, url, events, createdAt }: WebhookRecord): Webhook => ({ id, url, events, createdAt });
const madeOf = (record: WebhookRecord): WebhookMade => ({ ...shownOf(record), secret: record.secret });
