import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { eventSchemas } from "../../contract/event.ts";
import { type LevelPlace, levelKey } from "../inventory/index.ts";
import { type Alert, crossingTypes } from "./judge.ts";

export interface AlertTablePorts {
  readonly dynamoDb: () => DynamoDBDocumentClient;
  readonly alertsTable: string;
}

const { detail } = eventSchemas.StockLevelChanged.shape;
const AlertRecord = z.object({
  version: z.int().min(0),
  low: z.boolean(),
  ended: z.boolean(),
  waiting: z.array(z.object({ sinceMs: z.number(), detail })),
  raised: z.array(z.object({ type: z.enum(crossingTypes), detail })),
  /** Increased by 1 with every write. */
  revision: z.int().min(1),
});

export interface StoredAlert {
  readonly alert: Alert;
  readonly revision: number;
}

export async function readAlert(ports: AlertTablePorts, place: LevelPlace): Promise<StoredAlert | undefined> {
  const Key = levelKey(place.sku, place.location);
  const { Item } = await ports
    .dynamoDb()
    .send(new GetCommand({ TableName: ports.alertsTable, Key, ConsistentRead: true }));
  if (!Item) return undefined;
  const { revision, ...alert } = AlertRecord.parse(Item);
  return { alert, revision };
}

/** Writes the alert if the table still has the revision that it was made from. Returns `moved` otherwise. */
export async function replaceAlert(
  ports: AlertTablePorts,
  place: LevelPlace,
  { alert, revision }: StoredAlert,
): Promise<"written" | "moved"> {
  const isFirst = revision === 1;
  try {
    await ports.dynamoDb().send(
      new PutCommand({
        TableName: ports.alertsTable,
        Item: { ...levelKey(place.sku, place.location), ...alert, revision },
        ConditionExpression: isFirst ? "attribute_not_exists(#pk)" : "#revision = :read",
        ExpressionAttributeNames: isFirst ? { "#pk": "pk" } : { "#revision": "revision" },
        ...(!isFirst && { ExpressionAttributeValues: { ":read": revision - 1 } }),
      }),
    );
    return "written";
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return "moved";
    throw error;
  }
}
