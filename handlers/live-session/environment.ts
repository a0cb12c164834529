import { z } from "zod";
import { functionEnvironment, TableName } from "../runtime/environment.ts";

export const Environment = z.object({
  ...functionEnvironment,
  CONNECTIONS_TABLE: TableName,
  INVENTORY_TABLE: TableName,
  /** Where clients connect. */
  WEBSOCKET_URL: z.url({ protocol: /^wss?$/ }),
});
