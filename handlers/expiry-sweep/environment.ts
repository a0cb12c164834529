import { z } from "zod";
import { functionEnvironment, TableName } from "../runtime/environment.ts";

export const Environment = z.object({
  ...functionEnvironment,
  INVENTORY_TABLE: TableName,
  REQUESTS_TABLE: TableName,
});
