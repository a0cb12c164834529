import { z } from "zod";
import { eventBusVariable, functionVariables, TableName } from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ALERTS_TABLE: TableName,
  ...eventBusVariable,
});
