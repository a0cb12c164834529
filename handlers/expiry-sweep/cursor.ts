import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";

/** The stored position of the sweep: the first minute (since the epoch) that it still has to read. */
export interface SweepCursor {
  read(): Promise<number | undefined>;
  /** Moves the cursor forward, never back: after two concurrent sweeps it is at the later minute. */
  advance(minute: number): Promise<void>;
}

const CursorItem = z.object({ minute: z.int().min(0) });

/** Creates the cursor in the requests table. That table has no stream, so a moved cursor raises no event. */
export function createSweepCursor(dynamoDb: () => DynamoDBDocumentClient, requestsTable: string): SweepCursor {
  const address = { TableName: requestsTable, Key: { pk: "SWEEP#CURSOR" } };
  return {
    async read() {
      const { Item } = await dynamoDb().send(new GetCommand({ ...address, ConsistentRead: true }));
      return Item && CursorItem.parse(Item).minute;
    },
    async advance(minute) {
      const command = new UpdateCommand({
        ...address,
        UpdateExpression: "SET #minute = :minute",
        ConditionExpression: "attribute_not_exists(#minute) OR #minute < :minute",
        ExpressionAttributeNames: { "#minute": "minute" },
        ExpressionAttributeValues: { ":minute": minute },
      });
      try {
        await dynamoDb().send(command);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
