import { z } from "zod";
import { databaseUserVariable, databaseVariables } from "../../runtime/database-variables.ts";

export const Environment = z.object({
  ENVIRONMENT: z.string().min(1),
  LOG_LEVEL: z.string().min(1),
  POWERTOOLS_SERVICE_NAME: z.string().min(1),
  ...databaseVariables,
  ...databaseUserVariable,
  /** Records that alone are wrong are kept whole in this bucket. */
  QUARANTINE_BUCKET: z.string().min(1),
});
export type EtlEnvironment = z.input<typeof Environment>;
