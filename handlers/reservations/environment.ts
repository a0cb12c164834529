import { z } from "zod";
import { cacheVariables } from "../runtime/cache/variables.ts";
import { functionEnvironment, TableName } from "../runtime/environment.ts";

export const Environment = z.object({
  ...functionEnvironment,
  ...cacheVariables,
  INVENTORY_TABLE: TableName,
  REQUESTS_TABLE: TableName,
  EXPIRY_QUEUE_URL: z.url(),
  /** Name of the event bus. */
  EVENT_BUS: z.string().min(1),
});
