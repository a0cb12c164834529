import { z } from "zod";
import { connectionsVariable, functionVariables, TableName, webSocketVariable } from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...connectionsVariable,
  INVENTORY_TABLE: TableName,
  ...webSocketVariable,
});
