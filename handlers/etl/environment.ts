import { z } from "zod";
import { databaseUserVariable, databaseVariables } from "../runtime/database-variables.ts";
import { functionEnvironment } from "../runtime/environment.ts";

export const Environment = z.object({
  ...functionEnvironment,
  ...databaseVariables,
  ...databaseUserVariable,
  /** Records that alone are wrong are kept whole in this bucket. */
  QUARANTINE_BUCKET: z.string().min(1),
});
