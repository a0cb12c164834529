import { createTickets } from "../runtime/connections/index.ts";
import { createLog, lazyDynamoDb, parseEnvironment, systemClock } from "../runtime/index.ts";
import { tokenPorts } from "../runtime/tokens/token-ports.ts";
import { createLiveAuthorizer } from "./authorize.ts";
import { Environment } from "./environment.ts";

const environment = parseEnvironment(Environment, process.env);

export const handler = createLiveAuthorizer({
  ...tokenPorts(environment),
  tickets: createTickets({
    dynamoDb: lazyDynamoDb({ timeoutMs: 1_000, attemptCountMax: 3 }),
    table: environment.CONNECTIONS_TABLE,
    clock: systemClock,
  }),
  access: environment.LIVE_ACCESS,
  edge: { header: environment.EDGE_HEADER, secret: environment.EDGE_SECRET },
  log: createLog(environment),
});
