import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type EventType, eventSource, eventTypes } from "../../contract/event.ts";
import type { LambdaFunction } from "../compute/lambda-function.ts";
import { EventBus } from "../messaging/event-bus.ts";
import { MailSender } from "../messaging/mail-sender.ts";
import { Queue } from "../messaging/queue.ts";
import type { DatabaseUser, Foundation } from "./foundation.ts";
import type { EnvironmentOf, FunctionName } from "./functions.ts";
import type { CommonVariables, MakeFunction } from "./make-function.ts";
import type { ServiceSettings } from "./settings.ts";

export interface EventsProps {
  readonly named: (name: string) => string;
  readonly foundation: Foundation;
  readonly make: MakeFunction;
  readonly common: (name: FunctionName) => CommonVariables;
  /** Where the database is, for one of its users. */
  readonly connection: (user: DatabaseUser) => Omit<EnvironmentOf<"search-indexer">, keyof CommonVariables>;
  /** What every function has that touches the database. */
  readonly database: {
    readonly after: readonly ITerraformDependable[];
    readonly node: { readonly NODE_EXTRA_CA_CERTS: string };
  };
  readonly mail: ServiceSettings["mail"];
  readonly webhookTargets: "public" | "any";
  readonly cacheVariables: Pick<EnvironmentOf<"webhooks">, "CACHE_HOST" | "CACHE_PORT" | "CACHE_TLS">;
}

export interface Events {
  readonly bus: EventBus<EventType>;
  /** Serves the routes of webhooks. */
  readonly webhooks: LambdaFunction<EnvironmentOf<"webhooks">, "private">;
}

/** Changes of the inventory table as events on a bus, and what listens to them. */
export function openEvents(scope: Construct, props: EventsProps): Events {
  const { inventory, quarantine, network } = props.foundation;
  const bus = new EventBus<EventType>(scope, "events", { name: props.named("events"), source: eventSource });
  const publisher = props.make("publisher", {
    description: "Announces changes of the inventory table on the event bus",
    placement: { reach: "private", network },
    timeoutSeconds: 30,
    environment: { ...props.common("publisher"), EVENT_BUS: bus.name, QUARANTINE_BUCKET: quarantine.name },
  });
  bus.grantPublish(publisher);
  quarantine.grantWrite(publisher);
  inventory.consumedBy(publisher, { onFailure: quarantine });
  indexItems(scope, bus, props);
  watchLevels(scope, bus, props);
  sendMails(scope, bus, props);
  return { bus, webhooks: postToWebhooks(scope, bus, props) };
}

/** Items into the search documents, which `GET /items?search=` looks through. */
function indexItems(scope: Construct, bus: EventBus<EventType>, props: EventsProps): void {
  const { database, network } = props.foundation;
  const indexer = props.make("search-indexer", {
    description: "Items into the search documents in PostgreSQL",
    placement: { reach: "private", network },
    timeoutSeconds: 15,
    ...props.database,
    environment: { ...props.common("search-indexer"), ...props.connection("indexer") },
  });
  database.allowConnect(indexer, "indexer");
  const queue = new Queue(scope, "search", { name: props.named("search") });
  bus.on("ItemChanged", queue);
  queue.consumedBy(indexer);
}

/** Levels against the thresholds of their policies; those without one are not even sent. */
function watchLevels(scope: Construct, bus: EventBus<EventType>, props: EventsProps): void {
  const { alerts } = props.foundation;
  const watcher = props.make("low-stock", {
    description: "Announces levels that ran low or recovered",
    placement: { reach: "public" },
    environment: { ...props.common("low-stock"), ALERTS_TABLE: alerts.name, EVENT_BUS: bus.name },
  });
  alerts.grantRead(watcher, ["GetItem"]);
  alerts.grantWrite(watcher, "PutItem");
  bus.grantPublish(watcher);
  const queue = new Queue(scope, "low-stock-queue", { name: props.named("low-stock") });
  const watched = { lowStock: { threshold: [{ exists: true }] } };
  bus.on("StockLevelChanged", queue, { detail: { $or: [{ after: watched }, { before: watched }] } });
  queue.consumedBy(watcher);
}

/** A mail for each level that ran low. */
function sendMails(scope: Construct, bus: EventBus<EventType>, props: EventsProps): void {
  const { idempotency } = props.foundation;
  const sender = new MailSender(scope, "mail-sender", { address: props.mail.from });
  const mailer = props.make("mail", {
    description: "Mails about levels that ran low",
    placement: { reach: "public" },
    timeoutSeconds: 20,
    environment: {
      ...props.common("mail"),
      IDEMPOTENCY_TABLE: idempotency.name,
      MAIL_FROM: sender.address,
      MAIL_TO: props.mail.to.join(","),
    },
  });
  idempotency.grantRead(mailer, ["GetItem"]);
  idempotency.grantWrite(mailer, "PutItem", "UpdateItem", "DeleteItem");
  sender.grantSend(mailer);
  const queue = new Queue(scope, "mail-queue", { name: props.named("mail") });
  bus.on("StockRanLow", queue);
  queue.consumedBy(mailer, { batchSize: 1 });
}

/** Every event to the webhooks that want it. */
function postToWebhooks(scope: Construct, bus: EventBus<EventType>, props: EventsProps): Events["webhooks"] {
  const { webhooks, idempotency, cache, network } = props.foundation;
  const shared = { WEBHOOKS_TABLE: webhooks.name, WEBHOOK_TARGETS: props.webhookTargets };
  const rest = props.make("webhooks", {
    description: "Webhooks: who wants which events where",
    placement: { reach: "private", network },
    environment: { ...props.common("webhooks"), ...props.cacheVariables, ...shared },
  });
  webhooks.grantRead(rest, ["GetItem", "Query"]);
  webhooks.grantWrite(rest, "PutItem", "DeleteItem");
  cache.allowConnect(rest);

  const queue = new Queue(scope, "webhooks-queue", { name: props.named("webhooks") });
  const delivery = props.make("webhook-delivery", {
    description: "Events to webhooks, tried for a day",
    placement: { reach: "public" },
    timeoutSeconds: 15,
    environment: {
      ...props.common("webhook-delivery"),
      ...shared,
      IDEMPOTENCY_TABLE: idempotency.name,
      WEBHOOK_QUEUE_URL: queue.url,
    },
  });
  webhooks.grantRead(delivery, ["GetItem", "Query"]);
  idempotency.grantRead(delivery, ["GetItem"]);
  idempotency.grantWrite(delivery, "PutItem", "UpdateItem", "DeleteItem");
  bus.on(eventTypes, queue);
  queue.grantSend(delivery);
  queue.consumedBy(delivery);
  return rest;
}
