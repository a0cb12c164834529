import { type AttributeDefinition, CreateTableCommand, type CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { uniqueName } from "laptop-cloud/testing";
import type { Tables } from "../../handlers/inventory/index.ts";

const indexes = {
  byLocation: ["location", "sku"],
  byOwner: ["owner", "ownerOrder"],
  byDeadline: ["deadlineShard", "deadlineOrder"],
  byType: ["listShard", "listOrder"],
} as const;

/** Creates the two tables of the commands for one test, with the keys and indexes that modules/ deploys. */
export async function createTables(client: DynamoDBDocumentClient): Promise<Tables> {
  const tables = { inventory: uniqueName("inventory"), requests: uniqueName("requests") };
  await Promise.all([
    client.send(new CreateTableCommand(inventoryTable(tables.inventory))),
    client.send(new CreateTableCommand(requestsTable(tables.requests))),
  ]);
  return tables;
}

function inventoryTable(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: keys("pk", "sk"),
    AttributeDefinitions: ["pk", "sk", ...Object.values(indexes).flat()].map(text),
    GlobalSecondaryIndexes: Object.entries(indexes).map(([index, [partition, order]]) => ({
      IndexName: index,
      KeySchema: keys(partition, order),
      Projection: { ProjectionType: "KEYS_ONLY" },
    })),
  };
}

function requestsTable(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: keys("pk"),
    AttributeDefinitions: [text("pk")],
  };
}

const text = (name: string): AttributeDefinition => ({ AttributeName: name, AttributeType: "S" });

function keys(partition: string, order?: string): CreateTableCommandInput["KeySchema"] {
  return [
    { AttributeName: partition, KeyType: "HASH" },
    ...(order ? [{ AttributeName: order, KeyType: "RANGE" as const }] : []),
  ];
}
