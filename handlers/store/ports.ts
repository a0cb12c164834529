import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { CountName } from "../../contract/metric.ts";
import type { Clock, Ids, Random, Wait } from "../inventory/ports.ts";
import type { Tables } from "../inventory/table-write.ts";

/** Why a read or write is sent again, as it is counted. */
export type RetryCount = Extract<CountName, "TransactionConflicts" | "TableThrottles" | "UnknownOutcomes">;

/** What the stores need from the world. `dynamoDb` must not retry by itself: `createStoreDynamoDb` makes such a client. */
export interface StorePorts {
  readonly dynamoDb: DynamoDBDocumentClient;
  readonly tables: Tables;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly wait: Wait;
  /** Counts what is sent again. @default nothing is counted */
  readonly meter?: { count(name: RetryCount): void };
}
