import { z } from "zod";
import { connectionsVariable, functionVariables, tokenVariables } from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...tokenVariables,
  ...connectionsVariable,
  /** `tokens`: an access token opens a connection too. Addresses land in logs, so only where those are nobody else's. */
  LIVE_ACCESS: z.enum(["tickets", "tokens"]),
  /** Name and value of the header by which the edge shows that an upgrade came through it. */
  EDGE_HEADER: z.string().min(1),
  EDGE_SECRET: z.string().min(1),
});
