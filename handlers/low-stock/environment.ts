import { z } from "zod";
import { functionEnvironment, TableName } from "../runtime/environment.ts";

export const Environment = z.object({
  ...functionEnvironment,
  ALERTS_TABLE: TableName,
  /** Name of the event bus. */
  EVENT_BUS: z.string().min(1),
});
