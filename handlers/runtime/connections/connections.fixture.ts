import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, QueryCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { clientOptions, dynamoDbEndpoint, uniqueName } from "laptop-cloud/testing";
import { ServerFrame } from "../../../contract/live.ts";
import { createStoreDynamoDb } from "../aws/dynamo-db.ts";
import { createConnections, createSubscribers, createTickets, type Holder, type Sockets } from "./index.ts";
import { topicPartition } from "./keys.ts";

export const nowMs = Date.parse("2026-11-24T09:30:00.000Z");

export const holder = (fields: Partial<Holder> = {}): Holder => ({
  subject: "ada",
  client: "shop",
  scopes: ["stock:read"],
  tokenExpiresAt: "2026-11-24T10:00:00.000Z",
  ...fields,
});

/** Creates a new `connections` table, with the same keys as in modules/. */
export async function openConnections(clock: () => number = () => nowMs) {
  const client: DynamoDBDocumentClient = createStoreDynamoDb(clientOptions(await dynamoDbEndpoint()));
  const table = uniqueName("connections");
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    }),
  );
  /** The input of each read that was sent. DynamoDB Local always reads consistently, so results show no difference. */
  const reads: object[] = [];
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      (sent) => {
        if (/^(Get|BatchGet|Query)/.test(commandName)) reads.push(sent.input);
        return next(sent);
      },
    { step: "initialize" },
  );
  const ports = { dynamoDb: () => client, table, clock };
  return {
    reads,
    connections: createConnections(ports),
    subscribers: createSubscribers(ports),
    tickets: createTickets(ports),
    /** Returns all items of the table. */
    items: async () => (await client.send(new ScanCommand({ TableName: table }))).Items ?? [],
    /** Returns the connections that subscribe to a topic. */
    listeners: async (topic: string) => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
          ExpressionAttributeValues: { ":pk": topicPartition(topic), ":prefix": "CONNECTION#" },
        }),
      );
      return Items.map(({ connection }) => String(connection)).sort();
    },
  };
}

/** A fake gateway: it records posts, and a test sets which connections are gone or broken. */
export function recordingSockets() {
  const sent = new Map<string, ServerFrame[]>();
  const gone = new Set<string>();
  const broken = new Set<string>();
  const ended: string[] = [];
  const sockets: Sockets = {
    post: async (connection, frame) => {
      if (broken.has(connection)) throw new Error("the gateway answers 500");
      if (gone.has(connection)) return false;
      sent.set(connection, [...(sent.get(connection) ?? []), ServerFrame.parse(frame)]);
      return true;
    },
    end: async (connection) => {
      ended.push(connection);
      gone.add(connection);
    },
  };
  return { sockets, gone, broken, ended, sentTo: (connection: string) => sent.get(connection) ?? [] };
}
