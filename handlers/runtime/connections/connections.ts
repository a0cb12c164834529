import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { liveLimits, type Topic } from "../../../contract/live.ts";
import { connectionKey, subscriptionKey, topicKey } from "./keys.ts";
import { ConnectionRecord, type Holder, type SubscriptionRecord, type View } from "./records.ts";
import type { ConnectionTablePorts } from "./table-ports.ts";

/** Connections and their subscriptions. */
export interface Connections {
  open(connection: string, holder: Holder): Promise<void>;
  /** Reads a connection consistently. Returns undefined when it has ended. */
  read(connection: string): Promise<ConnectionRecord | undefined>;
  /**
   * Subscribes to topics. After it resolves to true, the subscriber gets every change that a later read does not show.
   * Resolves to false when the connection has ended.
   */
  subscribe(record: ConnectionRecord, topics: readonly Topic[], view: View): Promise<boolean>;
  unsubscribe(connection: string, topics: readonly Topic[]): Promise<void>;
  /** Removes the connection and all its subscriptions. */
  close(connection: string): Promise<void>;
}

/**
 * Time to live beyond the longest life of a connection. It removes records that a crash or a missed disconnect left
 * behind.
 */
const marginSeconds = 600;

export function createConnections({ dynamoDb, table, clock }: ConnectionTablePorts): Connections {
  const secondsFromNow = (seconds: number) => Math.ceil(clock() / 1_000) + seconds;
  const put = (item: Readonly<Record<string, unknown>>) =>
    dynamoDb().send(new PutCommand({ TableName: table, Item: { ...item } }));
  const drop = (key: object) => dynamoDb().send(new DeleteCommand({ TableName: table, Key: { ...key } }));

  /** Changes the topics of a connection. Returns false when it has ended, so that no record is created again. */
  async function moveTopics(connection: string, change: "ADD" | "DELETE", topics: readonly Topic[]): Promise<boolean> {
    try {
      await dynamoDb().send(
        new UpdateCommand({
          TableName: table,
          Key: connectionKey(connection),
          UpdateExpression: `${change} #topics :topics`,
          ConditionExpression: "attribute_exists(#pk)",
          ExpressionAttributeNames: { "#topics": "topics", "#pk": "pk" },
          ExpressionAttributeValues: { ":topics": new Set(topics) },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  return {
    async open(connection, holder) {
      const ttl = secondsFromNow(liveLimits.connectionSecondsMax + marginSeconds);
      await put({ ...connectionKey(connection), type: "connection", connection, ...holder, ttl });
    },
    async read(connection) {
      const { Item } = await dynamoDb().send(
        new GetCommand({ TableName: table, Key: connectionKey(connection), ConsistentRead: true }),
      );
      return Item && ConnectionRecord.parse(Item);
    },
    async subscribe({ connection, tokenExpiresAt }, topics, view) {
      // The list of topics first: `close` removes what is on it, even when the writes below fail.
      if (!(await moveTopics(connection, "ADD", topics))) return false;
      const subscription: SubscriptionRecord = { type: "subscription", connection, view, tokenExpiresAt };
      const ttl = secondsFromNow(liveLimits.connectionSecondsMax + marginSeconds);
      await Promise.all(
        topics.flatMap((topic) => [
          put({ ...subscriptionKey(topic, connection), ...subscription, ttl }),
          // Expires later than every subscription of the topic.
          put({ ...topicKey(topic), type: "topic", ttl: ttl + marginSeconds }),
        ]),
      );
      return true;
    },
    async unsubscribe(connection, topics) {
      await Promise.all(topics.map((topic) => drop(subscriptionKey(topic, connection))));
      await moveTopics(connection, "DELETE", topics);
    },
    async close(connection) {
      const { Attributes } = await dynamoDb().send(
        new DeleteCommand({ TableName: table, Key: connectionKey(connection), ReturnValues: "ALL_OLD" }),
      );
      const topics = Attributes ? ConnectionRecord.parse(Attributes).topics : [];
      await Promise.all([...topics].map((topic) => drop(subscriptionKey(topic, connection))));
    },
  };
}
