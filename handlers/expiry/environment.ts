import { z } from "zod";
import { expiryQueueVariable, functionVariables, storeVariables } from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...storeVariables,
  ...expiryQueueVariable,
});
