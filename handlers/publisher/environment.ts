import { z } from "zod";
import { functionEnvironment } from "../runtime/environment.ts";

export const Environment = z.object({
  ...functionEnvironment,
  /** Name of the event bus. */
  EVENT_BUS: z.string().min(1),
  /** Records that alone are wrong are kept whole in this bucket. */
  QUARANTINE_BUCKET: z.string().min(1),
});
