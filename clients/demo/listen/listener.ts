import { randomUUID } from "node:crypto";
import { createConnection } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type EventType, eventTypes } from "../../../contract/event.ts";
import type { Webhook } from "../../../contract/webhook.ts";
import type { Progress } from "../progress.ts";
import { type Session, UnexpectedRefusal } from "../replay/session.ts";
import { startReceiver } from "./receiver.ts";

/** The event types that the demo does not subscribe to, each with the reason. */
const leftOut: { readonly [Type in EventType]?: string } = {
  StockLevelChanged:
    "There are six times as many as all others together, and each delivery costs a message, an invocation and three " +
    "DynamoDB calls. StockRanLow is derived from them, so its check covers them.",
  StockFellShort: "The demo makes no stock counts, so it causes none.",
  ReservationRefused: "Best effort: a few may be missing.",
};
const listenedTypes = eventTypes.filter((type) => !(type in leftOut));

const path = "/holdfast-demo";
/** "A new webhook gets events a second later" (docs/events.md), plus one second of margin. */
const newWebhookMs = 2_000;
const settledPollMs = 200;
const settleMsMax = 15_000;
const wrongShownMax = 20;

/** The demo's webhook and the local server that receives its events, while this process works on the run. */
export interface Listener {
  /** What was wrong with the deliveries that were refused. */
  readonly wrong: readonly string[];
  /** Waits until all expected events have been delivered, at most 15 s. */
  settle(progress: Progress): Promise<void>;
  /** Deletes the webhook. Events that were not delivered until now are dropped. */
  unregister(): Promise<void>;
  stop(): void;
}

/**
 * Creates the webhook and returns when every later event will be posted to it. Deletes webhooks that killed demos
 * left behind.
 */
export async function openListener(session: Session): Promise<Listener> {
  const { events } = session.journal;
  const wrong: string[] = [];
  const receiver = await startReceiver({
    onEvent: (id) => events.addDelivered(id),
    onWrong: (what) => {
      if (wrong.length < wrongShownMax) wrong.push(what);
    },
  });
  try {
    const url = `http://127.0.0.1:${receiver.port}${path}/${session.runId}`;
    await deleteAbandoned(session);
    const key = `${session.runId}-listen-${randomUUID()}`;
    const answer = await session.send("listen", "createWebhook", { key, body: { url, events: listenedTypes } });
    if (answer.kind === "refused")
      throw new UnexpectedRefusal(`webhook: ${answer.problem.code}: ${answer.problem.detail}`);
    const { id, secret } = answer.value;
    receiver.trust(secret);
    await sleep(newWebhookMs);
    events.beginListening(Date.now());
    return {
      wrong,
      settle: async (progress) => {
        const startedMs = Date.now();
        progress.start("last events", { total: events.counts().expectedCount, unit: "events" });
        while (events.missing().length > 0 && Date.now() - startedMs < settleMsMax) {
          progress.reach(events.counts().cameCount);
          await sleep(settledPollMs);
        }
        progress.end();
      },
      unregister: async () => {
        events.endListening();
        await deleteWebhook(session, id);
      },
      stop: receiver.stop,
    };
  } catch (error) {
    receiver.stop();
    throw error;
  }
}

/** Deletes webhooks of killed demos. Such a demo could not delete its webhook, and nothing answers at its address. */
async function deleteAbandoned(session: Session): Promise<void> {
  const answer = await session.send("listen", "listWebhooks", { query: { limit: 100 } });
  if (answer.kind === "refused") throw new UnexpectedRefusal(`webhooks: ${answer.problem.detail}`);
  for (const webhook of answer.value.items) {
    if (isOfDemo(webhook) && !(await answers(new URL(webhook.url)))) await deleteWebhook(session, webhook.id);
  }
}

const isOfDemo = ({ url }: Webhook): boolean => new URL(url).pathname.startsWith(`${path}/`);

const answers = ({ hostname, port }: URL): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port) });
    const settle = (isAnswered: boolean) => {
      socket.destroy();
      resolve(isAnswered);
    };
    socket.once("connect", () => settle(true)).once("error", () => settle(false));
  });

/** Deletes a webhook; accepts that somebody else has already deleted it. */
async function deleteWebhook(session: Session, id: string): Promise<void> {
  const answer = await session.send("listen", "deleteWebhook", { path: { id } });
  if (answer.kind === "refused" && answer.problem.code !== "not_found") {
    throw new UnexpectedRefusal(`webhook ${id}: ${answer.problem.code}: ${answer.problem.detail}`);
  }
}
