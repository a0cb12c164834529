import { z } from "zod";
import { functionVariables, idempotencyVariable } from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...idempotencyVariable,
  MAIL_FROM: z.email(),
  /** Addresses, separated by commas. */
  MAIL_TO: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.email()).min(1).max(50)),
});
