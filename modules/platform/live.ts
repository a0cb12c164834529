import type { Construct } from "constructs";
import { WebSocketApi } from "../api/websocket-api.ts";
import type { LambdaFunction } from "../compute/lambda-function.ts";
import type { OriginGuard } from "../edge/origin-guard.ts";
import type { Foundation } from "./foundation.ts";
import type { EnvironmentOf, FunctionName } from "./functions.ts";
import type { CommonVariables, MakeFunction } from "./make-function.ts";

export type TokenVariables = Omit<EnvironmentOf<"authorizer">, keyof CommonVariables>;

export interface LiveProps {
  readonly name: string;
  readonly foundation: Foundation;
  readonly make: MakeFunction;
  readonly common: (name: FunctionName) => CommonVariables;
  readonly tokens: TokenVariables;
  readonly cacheVariables: Pick<EnvironmentOf<"live-tickets">, "CACHE_HOST" | "CACHE_PORT" | "CACHE_TLS">;
  readonly access: "tickets" | "tokens";
  /** Says by what the edge is known. */
  readonly guard: OriginGuard;
}

export interface Live {
  /** Serves the route that gives tickets. */
  readonly tickets: LambdaFunction<EnvironmentOf<"live-tickets">, "private">;
  /** Address of the stage, which the edge alone may connect to. */
  readonly url: string;
}

/** Changes of stock to whoever listens: tickets, connections with subscriptions, and what is told to them. */
export function openLive(scope: Construct, props: LiveProps): Live {
  const { make, common } = props;
  const { connections, cache, inventory, changes, quarantine, network } = props.foundation;
  const api = new WebSocketApi(scope, "live", { name: props.name, description: "Holdfast live stock" });
  const table = { CONNECTIONS_TABLE: connections.name };

  const tickets = make("live-tickets", {
    description: "Tickets that open live connections",
    placement: { reach: "private", network },
    environment: { ...common("live-tickets"), ...table, ...props.cacheVariables },
  });
  cache.allowConnect(tickets);
  connections.grantWrite(tickets, "PutItem");

  const authorizer = make("live-authorizer", {
    description: "Judges who opens a live connection",
    placement: { reach: "public" },
    timeoutSeconds: 10,
    environment: {
      ...common("live-authorizer"),
      ...table,
      ...props.tokens,
      LIVE_ACCESS: props.access,
      EDGE_HEADER: props.guard.header,
      EDGE_SECRET: props.guard.secret,
    },
  });
  connections.grantWrite(authorizer, "DeleteItem");

  const session = make("live-session", {
    description: "Live connections: who listens to what, and snapshots",
    placement: { reach: "public" },
    timeoutSeconds: 28,
    memoryMb: 1_024,
    environment: {
      ...common("live-session"),
      ...table,
      INVENTORY_TABLE: inventory.name,
      WEBSOCKET_URL: api.url,
    },
  });
  connections.grantRead(session, ["GetItem"]);
  connections.grantWrite(session, "PutItem", "UpdateItem", "DeleteItem");
  inventory.grantRead(session, ["GetItem", "Query"]);
  api.grantConnections(session, "POST", "DELETE");

  const broadcaster = make("live-broadcaster", {
    description: "Tells live connections of changes",
    placement: { reach: "public" },
    timeoutSeconds: 60,
    memoryMb: 1_024,
    environment: { ...common("live-broadcaster"), ...table, WEBSOCKET_URL: api.url },
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

  return { tickets, url: api.servedBy({ session, authorizer }).invokeUrl };
}
