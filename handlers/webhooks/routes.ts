import { type Webhook, WebhookId, type WebhookMade, webhookLimits } from "../../contract/webhook.ts";
import type { Clock, Idempotency } from "../inventory/index.ts";
import { keyReused } from "../inventory/index.ts";
import { type Checks, type RouteHandlers, refuse, sha256, validationFailed } from "../runtime/index.ts";
import { urlProblem, type WebhookTargets } from "../runtime/webhooks/webhook-address.ts";
import type { WebhookRecord, Webhooks } from "../runtime/webhooks/webhook-table.ts";

export interface WebhookPorts {
  readonly webhooks: Webhooks;
  readonly clock: Clock;
  /** 32 bytes that nobody can guess, in base64. */
  readonly secret: () => string;
}

/** Refused before anything is looked at: an address that this deployment never delivers to. */
export const webhookChecks = (targets: WebhookTargets): Checks<"webhooks"> => ({
  createWebhook: ({ body }) => {
    const message = urlProblem(body.url, targets);
    return message === undefined ? undefined : validationFailed([{ path: "/url", message }]);
  },
});

export function createWebhookRoutes({ webhooks, clock, secret }: WebhookPorts): RouteHandlers<"webhooks"> {
  return {
    createWebhook: async ({ body, context: { idempotency } }) => {
      if (!idempotency) throw new Error("a POST came without its Idempotency-Key");
      const known = await webhooks.list();
      const id = idOf(idempotency);
      if (known.length >= webhookLimits.countMax && !known.some((webhook) => webhook.id === id)) {
        const message = `there are ${webhookLimits.countMax} webhooks, the most a deployment has; delete one first`;
        return refuse(validationFailed([{ path: "/url", message }]));
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
      if (earlier && earlier.bodyHash !== idempotency.bodyHash) return refuse(keyReused(idempotency.key));
      return { status: 201, body: madeOf(earlier ?? record), ...(earlier && { replayed: true }) };
    },
    listWebhooks: async ({ query: { limit, cursor } }) => {
      const behind = (await webhooks.list()).filter(({ id }) => cursor === undefined || id > cursor);
      const items = behind.slice(0, limit).map(shownOf);
      return { status: 200, body: { items, nextCursor: (behind.length > limit && items.at(-1)?.id) || null } };
    },
    deleteWebhook: async ({ parameters: { id } }) => {
      if (await webhooks.remove(id)) return { status: 204, body: null };
      return refuse({ code: "not_found", detail: `There is no webhook ${id}.` });
    },
  };
}

/** Of the key, so that a repeated request makes no second one. */
const idOf = ({ client, subject, key }: Idempotency): WebhookId =>
  WebhookId.parse(sha256(JSON.stringify([client, subject, key])).slice(0, 32));

const shownOf = ({ id, url, events, createdAt }: WebhookRecord): Webhook => ({ id, url, events, createdAt });
const madeOf = (record: WebhookRecord): WebhookMade => ({ ...shownOf(record), secret: record.secret });
