import { WebSocketApi } from "../api/websocket-api.ts";
import type { OriginGuard } from "../edge/origin-guard.ts";
import type { FunctionFactory, PlatformFunction } from "./function-factory.ts";

export interface Live {
  /** Function that serves the route for tickets. */
  readonly tickets: PlatformFunction<"live-tickets", "private">;
  /** URL of the stage. Only the edge may connect to it. */
  readonly url: string;
}

/** Makes live updates of stock: tickets, connections with subscriptions, and the function that sends the changes. */
export function openLive(factory: FunctionFactory, guard: OriginGuard): Live {
  const { stack } = factory;
  const api = new WebSocketApi(stack, "live", { name: stack.named("live"), description: "Holdfast live stock" });
  const tickets = giveTickets(factory);
  const authorizer = judgeConnections(factory, guard);
  const session = keepSessions(factory, api);
  broadcast(factory, api);
  return { tickets, url: api.servedBy({ session, authorizer }).invokeUrl };
}

function giveTickets(factory: FunctionFactory): Live["tickets"] {
  const { connections, cache } = factory.foundation;
  const tickets = factory.make("live-tickets", {
    description: "Tickets that open live connections",
    reach: "private",
    environment: { ...factory.cache, CONNECTIONS_TABLE: connections.name },
  });
  cache.allowConnect(tickets);
  connections.grantWrite(tickets, "PutItem");
  return tickets;
}

function judgeConnections(factory: FunctionFactory, guard: OriginGuard): PlatformFunction<"live-authorizer", "public"> {
  const { connections } = factory.foundation;
  const authorizer = factory.make("live-authorizer", {
    description: "Judges who opens a live connection",
    reach: "public",
    timeoutSeconds: 10,
    environment: {
      ...factory.tokens,
      CONNECTIONS_TABLE: connections.name,
      LIVE_ACCESS: factory.environment.service.liveAccess ?? "tickets",
      EDGE_HEADER: guard.header,
      EDGE_SECRET: guard.secret,
    },
  });
  // A ticket opens one connection. The authorizer deletes it when it is used.
  connections.grantWrite(authorizer, "DeleteItem");
  return authorizer;
}

function keepSessions(factory: FunctionFactory, api: WebSocketApi): PlatformFunction<"live-session", "public"> {
  const { connections, inventory } = factory.foundation;
  const session = factory.make("live-session", {
    description: "Live connections: who listens to what, and snapshots",
    reach: "public",
    timeoutSeconds: 28,
    memoryMb: 1_024,
    environment: { CONNECTIONS_TABLE: connections.name, INVENTORY_TABLE: inventory.name, WEBSOCKET_URL: api.url },
  });
  connections.grantRead(session, ["GetItem"]);
  connections.grantWrite(session, "PutItem", "UpdateItem", "DeleteItem");
  inventory.grantRead(session, ["GetItem", "Query"]);
  api.grantConnections(session, "POST", "DELETE");
  return session;
}

function broadcast(factory: FunctionFactory, api: WebSocketApi): void {
  const { connections, changes, quarantine } = factory.foundation;
  const broadcaster = factory.make("live-broadcaster", {
    description: "Tells live connections of changes",
    reach: "public",
    timeoutSeconds: 60,
    memoryMb: 1_024,
    environment: { CONNECTIONS_TABLE: connections.name, WEBSOCKET_URL: api.url },
  });
  connections.grantRead(broadcaster, ["BatchGetItem", "Query"]);
  connections.grantWrite(broadcaster, "DeleteItem");
  api.grantConnections(broadcaster, "POST", "DELETE");
  changes.consumedBy(broadcaster, {
    onFailure: quarantine,
    batchSize: 1_000,
    delivery: "enhanced fan-out",
    filters: [{ data: { dynamodb: { NewImage: { type: { S: ["level"] } } } } }],
  });
}
