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

/** A webhook with what it was made from. The table is encrypted under a key of its own, for it holds the secrets. */
export const WebhookRecord = z.object({ ...WebhookMade.shape, bodyHash: z.string() });
export type WebhookRecord = z.output<typeof WebhookRecord>;

/** One partition: there are few, and every event asks for all. */
const partition = "WEBHOOKS";
const keyOf = (id: WebhookId) => ({ pk: partition, sk: id });

export interface Webhooks {
  /** The one that is there already, if one is. */
  make(record: WebhookRecord): Promise<WebhookRecord | undefined>;
  get(id: WebhookId): Promise<WebhookRecord | undefined>;
  /** All, in the order of their ids. */
  list(): Promise<readonly WebhookRecord[]>;
  /** Whether it was there. */
  remove(id: WebhookId): Promise<boolean>;
}

/** The webhooks of a function's environment. */
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
