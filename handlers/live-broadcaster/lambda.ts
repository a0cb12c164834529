import { createConnections, createSockets, createSubscribers } from "../runtime/connections/index.ts";
import { createLog, createMeter, lazyDynamoDb, metered, parseEnvironment, systemClock } from "../runtime/index.ts";
import { createBroadcaster } from "./broadcaster.ts";
import { Environment } from "./environment.ts";

const environment = parseEnvironment(Environment, process.env);
const dynamoDb = lazyDynamoDb({ timeoutMs: 2_000, attemptCountMax: 4 });
const table = environment.CONNECTIONS_TABLE;
const meter = createMeter(environment);

export const handler = metered(
  meter,
  createBroadcaster({
    subscribers: createSubscribers({ dynamoDb, table }),
    connections: createConnections({ dynamoDb, table, clock: systemClock }),
    sockets: createSockets(environment.WEBSOCKET_URL),
    clock: systemClock,
    log: createLog(environment),
    meter,
  }),
);
