import { randomBytes } from "node:crypto";
import { connectCache } from "../runtime/cache/index.ts";
import { createTickets } from "../runtime/connections/index.ts";
import {
  createHttpHandler,
  createLog,
  createMeter,
  lazyDynamoDb,
  metered,
  parseEnvironment,
  systemClock,
  systemIds,
} from "../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createTicketRoutes } from "./routes.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const meter = createMeter(environment);

export const handler = metered(
  meter,
  createHttpHandler({
    function: "live-tickets",
    routes: createTicketRoutes({
      tickets: createTickets({
        dynamoDb: lazyDynamoDb({ timeoutMs: 1_000, attemptCountMax: 3 }),
        table: environment.CONNECTIONS_TABLE,
        clock: systemClock,
      }),
      clock: systemClock,
      secret: () => randomBytes(32).toString("base64url"),
    }),
    rateLimiter: connectCache(environment, { clock: systemClock, log, meter }).rateLimiter,
    clock: systemClock,
    ids: systemIds,
    log,
    meter,
  }),
);
