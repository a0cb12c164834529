import { randomBytes } from "node:crypto";
import { connectCache } from "../runtime/cache/index.ts";
import { connectionsTable, createTickets } from "../runtime/connections/index.ts";
import { bind, createHttpHandler } from "../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createTicketRoutes } from "./routes.ts";

const binding = bind(Environment);
const { ports } = binding;

export const handler = binding.metered(
  createHttpHandler({
    ...ports,
    function: "live-tickets",
    routes: createTicketRoutes({
      ...ports,
      tickets: createTickets(connectionsTable(binding, { timeoutMs: 1_000, attemptCountMax: 3 })),
      secret: () => randomBytes(32).toString("base64url"),
    }),
    rateLimiter: connectCache(binding).rateLimiter,
  }),
);
