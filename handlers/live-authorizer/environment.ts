import { z } from "zod";
import { connectionsVariable, functionVariables, tokenVariables } from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...tokenVariables,
  ...connectionsVariable,
  /**
   * `tokens`: an access token also opens a connection. URLs appear in logs, so use it only where the logs are private.
   */
  LIVE_ACCESS: z.enum(["tickets", "tokens"]),
  /** Name and value of the header that proves that an upgrade came through the edge. */
  EDGE_HEADER: z.string().min(1),
  EDGE_SECRET: z.string().min(1),
});
