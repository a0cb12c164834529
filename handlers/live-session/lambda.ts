import { createConnections, createSockets } from "../runtime/connections/index.ts";
import { createLog, lazyDynamoDb, parseEnvironment, systemClock, systemRandom, systemWait } from "../runtime/index.ts";
import { createDynamoDbClient, createLevelSnapshot } from "../store/index.ts";
import { Environment } from "./environment.ts";
import { createSession } from "./session.ts";

const environment = parseEnvironment(Environment, process.env);

export const handler = createSession({
  connections: createConnections({
    dynamoDb: lazyDynamoDb({ timeoutMs: 1_000, attemptCountMax: 4 }),
    table: environment.CONNECTIONS_TABLE,
    clock: systemClock,
  }),
  sockets: createSockets(environment.WEBSOCKET_URL),
  levels: createLevelSnapshot({
    dynamoDb: createDynamoDbClient(),
    table: environment.INVENTORY_TABLE,
    clock: systemClock,
    random: systemRandom,
    wait: systemWait,
  }),
  clock: systemClock,
  log: createLog(environment),
});
