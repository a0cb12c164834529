import { z } from "zod";
import { connectionsVariable, functionVariables, webSocketVariable } from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...connectionsVariable,
  ...webSocketVariable,
});
