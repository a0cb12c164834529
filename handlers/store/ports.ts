import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Clock, Ids, Random, Wait } from "../inventory/ports.ts";
import type { Tables } from "../inventory/table-write.ts";

/** What the stores need from the world. `dynamoDb` must not retry by itself: use `createDynamoDbClient`. */
export interface StorePorts {
  readonly dynamoDb: DynamoDBDocumentClient;
  readonly tables: Tables;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly wait: Wait;
}
