import { connectionsTable, createConnections, createSockets } from "../runtime/connections/index.ts";
import { bindUnmetered, createStoreDynamoDb } from "../runtime/index.ts";
import { createLevelSnapshot } from "../store/index.ts";
import { Environment } from "./environment.ts";
import { createSession } from "./session.ts";

const binding = bindUnmetered(Environment);
const { environment, ports } = binding;

export const handler = createSession({
  ...ports,
  connections: createConnections(connectionsTable(binding, { timeoutMs: 1_000, attemptCountMax: 4 })),
  sockets: createSockets(environment.WEBSOCKET_URL),
  levels: createLevelSnapshot({ ...ports, dynamoDb: createStoreDynamoDb(), table: environment.INVENTORY_TABLE }),
});
