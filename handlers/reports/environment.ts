import { z } from "zod";
import { cacheVariables, databaseUserVariable, databaseVariables, functionVariables } from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...cacheVariables,
  ...databaseVariables,
  ...databaseUserVariable,
});
