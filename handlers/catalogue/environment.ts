import { z } from "zod";
import {
  cacheVariables,
  databaseUserVariable,
  databaseVariables,
  functionVariables,
  TableName,
} from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...cacheVariables,
  INVENTORY_TABLE: TableName,
  CATALOGUE_ACCESS: z.enum(["public", "private"]),
  ...databaseVariables,
  ...databaseUserVariable,
});
