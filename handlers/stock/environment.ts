import { z } from "zod";
import { cacheVariables, functionVariables, storeVariables } from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...cacheVariables,
  ...storeVariables,
});
