import { type Operation, type RestFunction, routes } from "../../contract/routes.ts";
import { RestApi } from "../api/rest-api.ts";
import type { EventBus } from "../messaging/event-bus.ts";
import { Queue } from "../messaging/queue.ts";
import type { FunctionFactory, PlatformFunction } from "./function-factory.ts";

/** Operations that need no token and check none. */
const openOperations: readonly Operation[] = ["getHealth", "getOpenApi", "getAsyncApi"];

/** Constructs of other parts that the REST API uses. */
export interface RestProps {
  readonly bus: EventBus;
  readonly expiries: Queue;
  readonly webhooks: PlatformFunction<"webhooks", "private">;
  readonly tickets: PlatformFunction<"live-tickets", "private">;
}

/** Makes the REST API with its authorizer and every function that a route of the contract names. */
export function openRest(factory: FunctionFactory, props: RestProps): RestApi<RestFunction> {
  const { stack, environment } = factory;
  return new RestApi(stack, "api", {
    name: stack.named("api"),
    description: "Holdfast REST API",
    routes,
    functions: {
      catalogue: catalogue(factory),
      stock: stock(factory),
      reservations: reservations(factory, props),
      reports: reports(factory),
      "live-tickets": props.tickets,
      webhooks: props.webhooks,
      operations: operations(factory),
    },
    authorizer: authorizer(factory),
    open: openOperations,
    publicRoutes: environment.service.catalogueAccess,
  });
}

function catalogue(factory: FunctionFactory): PlatformFunction<"catalogue", "private"> {
  const { inventory, database, cache } = factory.foundation;
  const fn = factory.make("catalogue", {
    description: "Items and locations",
    reach: "private",
    // Archiving waits until the existence caches have expired, and then checks again. It takes up to 25 s.
    timeoutSeconds: 29,
    database: "app_reader",
    environment: {
      ...factory.cache,
      INVENTORY_TABLE: inventory.name,
      CATALOGUE_ACCESS: factory.environment.service.catalogueAccess,
    },
  });
  inventory.grantRead(fn, ["GetItem", "BatchGetItem", "Query"], "byLocation", "byType");
  inventory.grantWrite(fn, "PutItem");
  database.allowConnect(fn, "app_reader");
  cache.allowConnect(fn);
  return fn;
}

function stock(factory: FunctionFactory): PlatformFunction<"stock", "private"> {
  const { inventory, requests, cache } = factory.foundation;
  const fn = factory.make("stock", {
    description: "Levels, policies and movements",
    reach: "private",
    memoryMb: 1_024,
    environment: { ...factory.cache, INVENTORY_TABLE: inventory.name, REQUESTS_TABLE: requests.name },
  });
  inventory.grantRead(fn, ["GetItem", "BatchGetItem", "Query"], "byLocation");
  inventory.grantWrite(fn, "UpdateItem");
  requests.grantRead(fn, ["GetItem"]);
  requests.grantWrite(fn, "PutItem");
  cache.allowConnect(fn);
  return fn;
}

function reservations(
  factory: FunctionFactory,
  { bus, expiries }: RestProps,
): PlatformFunction<"reservations", "private"> {
  const { inventory, requests, cache } = factory.foundation;
  const fn = factory.make("reservations", {
    description: "Reservations from hold to fulfil",
    reach: "private",
    memoryMb: 1_024,
    environment: {
      ...factory.cache,
      INVENTORY_TABLE: inventory.name,
      REQUESTS_TABLE: requests.name,
      EXPIRY_QUEUE_URL: expiries.url,
      EVENT_BUS: bus.name,
    },
  });
  bus.grantPublish(fn);
  inventory.grantRead(fn, ["GetItem", "BatchGetItem", "Query"], "byOwner");
  inventory.grantWrite(fn, "PutItem", "UpdateItem");
  requests.grantRead(fn, ["GetItem"]);
  requests.grantWrite(fn, "PutItem");
  expiries.grantSend(fn);
  cache.allowConnect(fn);
  return fn;
}

function reports(factory: FunctionFactory): PlatformFunction<"reports", "private"> {
  const { database, cache } = factory.foundation;
  const fn = factory.make("reports", {
    description: "Reports and the ledger, from PostgreSQL",
    reach: "private",
    timeoutSeconds: 29,
    database: "app_reader",
    environment: factory.cache,
  });
  database.allowConnect(fn, "app_reader");
  cache.allowConnect(fn);
  return fn;
}

/** Makes the function that inspects every queue of the stack. Call it after all queues are made. */
function operations(factory: FunctionFactory): PlatformFunction<"operations", "private"> {
  const { stack, foundation } = factory;
  const queues = stack.node.findAll().filter((construct) => construct instanceof Queue);
  const addresses = queues.map(({ name, url, deadEnds }) => ({
    name: name.slice(stack.named("").length),
    url,
    deadLetterUrls: deadEnds.map((queue) => queue.url),
  }));
  const fn = factory.make("operations", {
    description: "How the system does: queues, feeds, gaps",
    reach: "private",
    timeoutSeconds: 15,
    database: "app_reader",
    environment: { ...factory.cache, QUEUES: JSON.stringify(addresses) },
  });
  for (const queue of queues) queue.grantInspect(fn);
  foundation.database.allowConnect(fn, "app_reader");
  foundation.cache.allowConnect(fn);
  return fn;
}

function authorizer(factory: FunctionFactory): PlatformFunction<"authorizer", "public"> {
  return factory.make("authorizer", {
    description: "Judges the token of a request",
    reach: "public",
    timeoutSeconds: 5,
    environment: factory.tokens,
  });
}
