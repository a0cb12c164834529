import { z } from "zod";
import { cacheVariables, functionVariables, webhookVariables } from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...cacheVariables,
  ...webhookVariables,
});
