import { z } from "zod";
import { eventBusVariable, functionVariables, quarantineVariable } from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...eventBusVariable,
  ...quarantineVariable,
});
