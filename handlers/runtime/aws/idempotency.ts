import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** The client of Powertools' idempotency. It is no document client: a function with no other table stays smaller. */
export const createIdempotencyDynamoDb = (): DynamoDBClient => new DynamoDBClient({ maxAttempts: 3 });
