import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Clock } from "../../inventory/index.ts";

export interface TablePorts {
  readonly dynamoDb: () => DynamoDBDocumentClient;
  /** Name of the `connections` table. */
  readonly table: string;
  readonly clock: Clock;
}
