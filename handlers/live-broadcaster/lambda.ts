import { connectionsTable, createConnections, createSockets, createSubscribers } from "../runtime/connections/index.ts";
import { bind } from "../runtime/index.ts";
import { createBroadcaster } from "./broadcaster.ts";
import { Environment } from "./environment.ts";

const binding = bind(Environment);
const table = connectionsTable(binding, { timeoutMs: 2_000, attemptCountMax: 4 });

export const handler = binding.metered(
  createBroadcaster({
    ...binding.ports,
    subscribers: createSubscribers(table),
    connections: createConnections(table),
    sockets: createSockets(binding.environment.WEBSOCKET_URL),
  }),
);
