import { z } from "zod";
import { cacheVariables, databaseUserVariable, databaseVariables, functionVariables } from "../runtime/variables.ts";

const QueueAddress = z.object({ name: z.string().min(1), url: z.url(), deadLetterUrls: z.array(z.url()).readonly() });
export type QueueAddress = z.output<typeof QueueAddress>;

const Json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue("must be JSON");
    return z.NEVER;
  }
});

export const Environment = z.object({
  ...functionVariables,
  ...cacheVariables,
  ...databaseVariables,
  ...databaseUserVariable,
  /** The queues to report, as JSON: `[{"name", "url", "deadLetterUrls"}]`. */
  QUEUES: Json.pipe(z.array(QueueAddress)),
});
