import { z } from "zod";
import { databaseVariables } from "../../runtime/database-variables.ts";

export const Environment = z.object({
  ENVIRONMENT: z.string().min(1),
  LOG_LEVEL: z.string().min(1),
  POWERTOOLS_SERVICE_NAME: z.string().min(1),
  ...databaseVariables,
  /** Secret with `username` and `password` of the master user. */
  DATABASE_SECRET_ARN: z.string().min(1),
});
export type MigratorEnvironment = z.input<typeof Environment>;
