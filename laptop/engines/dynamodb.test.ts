import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { clientOptions, dynamoDbEndpoint } from "../testing/index.ts";
import { startDynamoDb } from "./dynamodb.ts";
import { describeEngine } from "./engine.conformance.ts";

const tableName = "kept";

describeEngine("startDynamoDb", {
  start: startDynamoDb,
  write: async (endpoint) => {
    const client = new DynamoDBClient(clientOptions(endpoint));
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
    await client.send(new PutItemCommand({ TableName: tableName, Item: { pk: { S: "a" }, n: { N: "1" } } }));
  },
  read: async (endpoint) => {
    const client = new DynamoDBClient(clientOptions(endpoint));
    const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: { pk: { S: "a" } } }));
    return Item?.n?.N;
  },
  expected: "1",
});

it("is shared by the tests of a run", async () => {
  const client = new DynamoDBClient(clientOptions(await dynamoDbEndpoint()));
  expect((await client.send(new ListTablesCommand({}))).TableNames).toBeInstanceOf(Array);
});
