import { z } from "zod";
import { databaseVariables, functionVariables } from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...databaseVariables,
  /** The secret with `username` and `password` of the master user. */
  DATABASE_SECRET_ARN: z.string().min(1),
});
