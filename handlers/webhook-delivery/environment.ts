import { z } from "zod";
import { functionEnvironment, TableName } from "../runtime/environment.ts";

export const Environment = z.object({
  ...functionEnvironment,
  WEBHOOKS_TABLE: TableName,
  /** Where Powertools notes what was delivered. */
  IDEMPOTENCY_TABLE: TableName,
  /** Its own queue, for deliveries and their retries. */
  WEBHOOK_QUEUE_URL: z.url(),
  /** `any` delivers over plain http and to private addresses too: for a laptop alone. */
  WEBHOOK_TARGETS: z.enum(["public", "any"]),
});
