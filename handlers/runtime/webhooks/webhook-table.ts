import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { type WebhookId, WebhookMade } from "../../../contract/webhook.ts";
import { lazyDynamoDb } from "../aws/dynamo-db.ts";
import type { Bound } from "../bind.ts";
import type { Variables, webhookVariables } from "../variables.ts";

export interface WebhookTablePorts {
  readonly dynamoDb: () => DynamoDBDocumentClient;
  readonly webhooksTable: string;
}

/** A webhook with the hash of its request body. The table has its own encryption key, because it stores the secrets. */
export const WebhookRecord = z.object({ ...WebhookMade.shape, bodyHash: z.string() });
export type WebhookRecord = z.output<typeof WebhookRecord>;

/** All webhooks are in one partition: there are few, and each event needs all of them. */
const partition = "WEBHOOKS";
const keyOf = (id: WebhookId) => ({ pk: partition, sk: id });

export interface Webhooks {
  /** Stores a webhook. Returns the existing record instead when its id is already used. */
  make(record: WebhookRecord): Promise<WebhookRecord | undefined>;
  get(id: WebhookId): Promise<WebhookRecord | undefined>;
  /** Returns all webhooks, sorted by id. */
  list(): Promise<readonly WebhookRecord[]>;
  /** Removes a webhook. Returns whether it existed. */
  remove(id: WebhookId): Promise<boolean>;
}

/** Returns the webhooks of the table that a function's environment names. */
export const connectWebhooks = ({
  environment,
}: Pick<Bound<Pick<Variables<typeof webhookVariables>, "WEBHOOKS_TABLE">>, "environment">): Webhooks =>
  createWebhooks({
    dynamoDb: lazyDynamoDb({ timeoutMs: 1_000, attemptCountMax: 3 }),
    webhooksTable: environment.WEBHOOKS_TABLE,
  });

export function createWebhooks({ dynamoDb, webhooksTable: TableName }: WebhookTablePorts): Webhooks {
  return {
    make: async (record) => {
      try {
        await dynamoDb().send(
          new PutCommand({
            TableName,
            Item: { ...keyOf(record.id), ...record },
            ConditionExpression: "attribute_not_exists(#pk)",
            ExpressionAttributeNames: { "#pk": "pk" },
          }),
        );
        return undefined;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const { Item } = await dynamoDb().send(
          new GetCommand({ TableName, Key: keyOf(record.id), ConsistentRead: true }),
        );
        return WebhookRecord.parse(Item);
      }
    },
    get: async (id) => {
      const { Item } = await dynamoDb().send(new GetCommand({ TableName, Key: keyOf(id), ConsistentRead: true }));
      return Item && WebhookRecord.parse(Item);
    },
    list: async () => {
      const { Items = [] } = await dynamoDb().send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: "#pk = :pk",
          ExpressionAttributeNames: { "#pk": "pk" },
          ExpressionAttributeValues: { ":pk": partition },
          ConsistentRead: true,
        }),
      );
      return z.array(WebhookRecord).parse(Items);
    },
    remove: async (id) => {
      const { Attributes } = await dynamoDb().send(
        new DeleteCommand({ TableName, Key: keyOf(id), ReturnValues: "ALL_OLD" }),
      );
      return Attributes !== undefined;
    },
  };
}
