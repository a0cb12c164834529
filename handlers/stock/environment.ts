import { z } from "zod";
import { cacheVariables } from "../runtime/cache/variables.ts";
import { functionEnvironment, TableName } from "../runtime/environment.ts";

export const Environment = z.object({
  ...functionEnvironment,
  ...cacheVariables,
  INVENTORY_TABLE: TableName,
  REQUESTS_TABLE: TableName,
});
