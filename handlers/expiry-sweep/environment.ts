import { z } from "zod";
import { functionVariables, storeVariables } from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...storeVariables,
});
