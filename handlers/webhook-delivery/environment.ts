import { z } from "zod";
import { functionVariables, idempotencyVariable, webhookVariables } from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...webhookVariables,
  ...idempotencyVariable,
  /** The function's own queue, for deliveries and their retries. */
  WEBHOOK_QUEUE_URL: z.url(),
});
