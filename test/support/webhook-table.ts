import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { clientOptions, dynamoDbEndpoint, uniqueName } from "laptop-cloud/testing";
import { createStoreDynamoDb, lazy } from "../../handlers/runtime/index.ts";
import { createWebhooks } from "../../handlers/runtime/webhooks/webhook-table.ts";

/** Creates a table for webhooks and one for the idempotency records of Powertools. */
export async function openWebhookTable() {
  const client = createStoreDynamoDb(clientOptions(await dynamoDbEndpoint()));
  const [webhooksTable, idempotencyTable] = [uniqueName("webhooks"), uniqueName("idempotency")];
  const make = (TableName: string, keys: readonly string[]) =>
    client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
        KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" })),
      }),
    );
  await Promise.all([make(webhooksTable, ["pk", "sk"]), make(idempotencyTable, ["id"])]);
  return { client, idempotencyTable, webhooks: createWebhooks({ dynamoDb: lazy(() => client), webhooksTable }) };
}
