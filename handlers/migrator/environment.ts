import { z } from "zod";
import { databaseVariables } from "../runtime/database-variables.ts";
import { functionEnvironment } from "../runtime/environment.ts";

export const Environment = z.object({
  ...functionEnvironment,
  ...databaseVariables,
  /** Secret with `username` and `password` of the master user. */
  DATABASE_SECRET_ARN: z.string().min(1),
});
