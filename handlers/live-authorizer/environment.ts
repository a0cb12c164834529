import { z } from "zod";
import { functionEnvironment, TableName } from "../runtime/environment.ts";
import { tokenVariables } from "../runtime/token-variables.ts";

export const Environment = z.object({
  ...functionEnvironment,
  ...tokenVariables,
  CONNECTIONS_TABLE: TableName,
  /** `tokens`: an access token opens a connection too. Addresses land in logs, so only where those are nobody else's. */
  LIVE_ACCESS: z.enum(["tickets", "tokens"]),
  /** Name and value of the header by which the edge shows that an upgrade came through it. */
  EDGE_HEADER: z.string().min(1),
  EDGE_SECRET: z.string().min(1),
});
