import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { CountName } from "../../contract/metric.ts";
import type { Clock, Ids, Random, Wait } from "../inventory/ports.ts";
import type { Tables } from "../inventory/table-write.ts";

/** The metrics that count reads and writes sent again, one for each reason. */
export type RetryCount = Extract<CountName, "TransactionConflicts" | "TableThrottles" | "UnknownOutcomes">;

/**
 * What the stores need from outside. `dynamoDb` must not retry on its own: `createStoreDynamoDb` makes such a client.
 */
export interface StorePorts {
  readonly dynamoDb: DynamoDBDocumentClient;
  readonly tables: Tables;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly wait: Wait;
  /** Counts calls that are sent again. @default nothing is counted */
  readonly meter?: { count(name: RetryCount): void };
}
