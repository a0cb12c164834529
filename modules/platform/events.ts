import { type EventType, eventSource, eventTypes } from "../../contract/event.ts";
import { EventBus } from "../messaging/event-bus.ts";
import { MailSender } from "../messaging/mail-sender.ts";
import { Queue } from "../messaging/queue.ts";
import type { FunctionFactory, PlatformFunction } from "./function-factory.ts";

type Bus = EventBus<EventType>;

export interface Events {
  readonly bus: Bus;
  /** Function that serves the webhook routes. */
  readonly webhooks: PlatformFunction<"webhooks", "private">;
}

/** Makes the event bus, the function that publishes changes of the inventory table on it, and its consumers. */
export function openEvents(factory: FunctionFactory): Events {
  const { stack } = factory;
  const bus = new EventBus<EventType>(stack, "events", { name: stack.named("events"), source: eventSource });
  publishChanges(factory, bus);
  indexItems(factory, bus);
  watchLevels(factory, bus);
  sendMails(factory, bus);
  const webhooks = serveWebhooks(factory);
  deliverToWebhooks(factory, bus);
  return { bus, webhooks };
}

function publishChanges(factory: FunctionFactory, bus: Bus): void {
  const { inventory, quarantine } = factory.foundation;
  const publisher = factory.make("publisher", {
    description: "Announces changes of the inventory table on the event bus",
    reach: "private",
    timeoutSeconds: 30,
    environment: { EVENT_BUS: bus.name, QUARANTINE_BUCKET: quarantine.name },
  });
  bus.grantPublish(publisher);
  quarantine.grantWrite(publisher);
  inventory.consumedBy(publisher, { onFailure: quarantine });
}

/** Writes items into the search documents, which `GET /items?search=` searches. */
function indexItems(factory: FunctionFactory, bus: Bus): void {
  const { stack, foundation } = factory;
  const indexer = factory.make("search-indexer", {
    description: "Items into the search documents in PostgreSQL",
    reach: "private",
    timeoutSeconds: 15,
    database: "indexer",
    environment: {},
  });
  foundation.database.allowConnect(indexer, "indexer");
  const queue = new Queue(stack, "search", { name: stack.named("search") });
  bus.on("ItemChanged", queue);
  queue.consumedBy(indexer);
}

/** Compares levels with the thresholds of their policies. The bus sends only levels that have a threshold. */
function watchLevels(factory: FunctionFactory, bus: Bus): void {
  const { stack, foundation } = factory;
  const { alerts } = foundation;
  const watcher = factory.make("low-stock", {
    description: "Announces levels that ran low or recovered",
    reach: "public",
    environment: { ALERTS_TABLE: alerts.name, EVENT_BUS: bus.name },
  });
  alerts.grantRead(watcher, ["GetItem"]);
  alerts.grantWrite(watcher, "PutItem");
  bus.grantPublish(watcher);
  const queue = new Queue(stack, "low-stock-queue", { name: stack.named("low-stock") });
  const watched = { lowStock: { threshold: [{ exists: true }] } };
  bus.on("StockLevelChanged", queue, { detail: { $or: [{ after: watched }, { before: watched }] } });
  queue.consumedBy(watcher);
}

/** Sends a mail for each level that ran low. */
function sendMails(factory: FunctionFactory, bus: Bus): void {
  const { stack, foundation, environment } = factory;
  const { from, to } = environment.service.mail;
  const { idempotency } = foundation;
  const sender = new MailSender(stack, "mail-sender", { address: from });
  const mailer = factory.make("mail", {
    description: "Mails about levels that ran low",
    reach: "public",
    timeoutSeconds: 20,
    environment: { IDEMPOTENCY_TABLE: idempotency.name, MAIL_FROM: sender.address, MAIL_TO: to.join(",") },
  });
  idempotency.grantRead(mailer, ["GetItem"]);
  idempotency.grantWrite(mailer, "PutItem", "UpdateItem", "DeleteItem");
  sender.grantSend(mailer);
  const queue = new Queue(stack, "mail-queue", { name: stack.named("mail") });
  bus.on("StockRanLow", queue);
  queue.consumedBy(mailer, { batchSize: 1 });
}

/** Serves the routes with which clients register webhooks: which events go to which URL. */
function serveWebhooks(factory: FunctionFactory): Events["webhooks"] {
  const { webhooks, cache } = factory.foundation;
  const rest = factory.make("webhooks", {
    description: "Webhooks: who wants which events where",
    reach: "private",
    environment: { ...factory.cache, ...webhookVariables(factory) },
  });
  webhooks.grantRead(rest, ["GetItem", "Query"]);
  webhooks.grantWrite(rest, "PutItem", "DeleteItem");
  cache.allowConnect(rest);
  return rest;
}

/** Sends every event to the webhooks that subscribe to it. */
function deliverToWebhooks(factory: FunctionFactory, bus: Bus): void {
  const { stack, foundation } = factory;
  const { webhooks, idempotency } = foundation;
  const queue = new Queue(stack, "webhooks-queue", { name: stack.named("webhooks") });
  const delivery = factory.make("webhook-delivery", {
    description: "Events to webhooks, tried for a day",
    reach: "public",
    timeoutSeconds: 15,
    environment: {
      ...webhookVariables(factory),
      IDEMPOTENCY_TABLE: idempotency.name,
      WEBHOOK_QUEUE_URL: queue.url,
    },
  });
  webhooks.grantRead(delivery, ["GetItem", "Query"]);
  idempotency.grantRead(delivery, ["GetItem"]);
  idempotency.grantWrite(delivery, "PutItem", "UpdateItem", "DeleteItem");
  bus.on(eventTypes, queue);
  // A failed delivery goes back into the queue with a delay.
  queue.grantSend(delivery);
  queue.consumedBy(delivery);
}

const webhookVariables = ({ foundation, environment }: FunctionFactory) => ({
  WEBHOOKS_TABLE: foundation.webhooks.name,
  WEBHOOK_TARGETS: environment.service.webhookTargets ?? "public",
});
