import { z } from "zod";
import { cacheVariables } from "../runtime/cache/variables.ts";
import { functionEnvironment, TableName } from "../runtime/environment.ts";

export const Environment = z.object({
  ...functionEnvironment,
  ...cacheVariables,
  WEBHOOKS_TABLE: TableName,
  /** `any` takes plain http and private addresses too: for a laptop alone. */
  WEBHOOK_TARGETS: z.enum(["public", "any"]),
});
