import { z } from "zod";
import { functionEnvironment, TableName } from "../runtime/environment.ts";

export const Environment = z.object({
  ...functionEnvironment,
  /** Where Powertools notes which mails were sent. */
  IDEMPOTENCY_TABLE: TableName,
  MAIL_FROM: z.email(),
  /** Addresses, separated by commas. */
  MAIL_TO: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.email()).min(1).max(50)),
});
