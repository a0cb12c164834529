import { connectionsTable, createTickets } from "../runtime/connections/index.ts";
import { bindUnmetered } from "../runtime/index.ts";
import { tokenPorts } from "../runtime/tokens/token-ports.ts";
import { createLiveAuthorizer } from "./authorize.ts";
import { Environment } from "./environment.ts";

const binding = bindUnmetered(Environment);
const { environment, ports } = binding;

export const handler = createLiveAuthorizer({
  ...ports,
  ...tokenPorts(binding),
  tickets: createTickets(connectionsTable(binding, { timeoutMs: 1_000, attemptCountMax: 3 })),
  access: environment.LIVE_ACCESS,
  edge: { header: environment.EDGE_HEADER, secret: environment.EDGE_SECRET },
});
