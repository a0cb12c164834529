import { BatchGetCommand, DeleteCommand, paginateQuery } from "@aws-sdk/lib-dynamodb";
import type { Topic } from "../../../contract/live.ts";
import { subscriberPrefix, subscriptionKey, topicKey, topicPartition } from "./keys.ts";
import { SubscriptionRecord } from "./records.ts";
import type { ConnectionTablePorts } from "./table-ports.ts";

/** The subscribers of topics. */
export interface Subscribers {
  /** Returns the topics that may have subscribers. One batched read is cheaper than a query for each topic. */
  watched(topics: readonly Topic[]): Promise<readonly Topic[]>;
  of(topic: Topic): Promise<readonly SubscriptionRecord[]>;
  drop(topic: Topic, connection: string): Promise<void>;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const batchKeysMax = 100;
const batchTriesMax = 8;

/** All reads are consistent: a subscription is written before its snapshot is read, and no later change may miss it. */
export function createSubscribers({ dynamoDb, table }: Omit<ConnectionTablePorts, "clock">): Subscribers {
  async function present(topics: readonly Topic[]): Promise<readonly Topic[]> {
    const names = new Map(topics.map((topic) => [topicPartition(topic), topic]));
    const found: Topic[] = [];
    let keys: Record<string, unknown>[] = topics.map((topic) => ({ ...topicKey(topic) }));
    for (let tries = 0; keys.length > 0; tries++) {
      if (tries === batchTriesMax) throw new Error(`${keys.length} topics could not be read: the table is throttled`);
      const request = { [table]: { Keys: keys, ConsistentRead: true, ProjectionExpression: "pk" } };
      const { Responses, UnprocessedKeys } = await dynamoDb().send(new BatchGetCommand({ RequestItems: request }));
      for (const { pk } of Responses?.[table] ?? []) found.push(names.get(pk) ?? "");
      keys = UnprocessedKeys?.[table]?.Keys ?? [];
    }
    return found;
  }

  return {
    async watched(topics) {
      const found: Topic[] = [];
      for (let start = 0; start < topics.length; start += batchKeysMax) {
        found.push(...(await present(topics.slice(start, start + batchKeysMax))));
      }
      return found;
    },
    async of(topic) {
      const found: SubscriptionRecord[] = [];
      const pages = paginateQuery(
        { client: dynamoDb() },
        {
          TableName: table,
          KeyConditionExpression: "#pk = :pk AND begins_with(#sk, :prefix)",
          ExpressionAttributeNames: { "#pk": "pk", "#sk": "sk" },
          ExpressionAttributeValues: { ":pk": topicPartition(topic), ":prefix": subscriberPrefix },
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages) found.push(...Items.map((item) => SubscriptionRecord.parse(item)));
      return found;
    },
    async drop(topic, connection) {
      await dynamoDb().send(new DeleteCommand({ TableName: table, Key: subscriptionKey(topic, connection) }));
    },
  };
}
