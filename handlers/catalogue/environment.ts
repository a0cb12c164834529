import { z } from "zod";
import { cacheVariables } from "../runtime/cache/variables.ts";
import { databaseUserVariable, databaseVariables } from "../runtime/database-variables.ts";
import { functionEnvironment, TableName } from "../runtime/environment.ts";

export const Environment = z.object({
  ...functionEnvironment,
  ...cacheVariables,
  INVENTORY_TABLE: TableName,
  CATALOGUE_ACCESS: z.enum(["public", "private"]),
  ...databaseVariables,
  ...databaseUserVariable,
});
