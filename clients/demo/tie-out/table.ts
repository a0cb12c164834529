import { type AttributeValue, DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { z } from "zod";
import { quantityNames, recordOf } from "../../../contract/quantity.ts";
import type { System } from "../system/endpoints.ts";
import { type LevelState, levelName } from "./levels.ts";

const text = z.object({ S: z.string() }).transform(({ S }) => S);
const number = z.object({ N: z.string() }).transform(({ N }) => Number(N));

/** A level in DynamoDB's JSON: an item of the table, or an image in the archive. */
export const StoredLevel = z
  .object({
    sku: text,
    location: text,
    version: number,
    ...recordOf(quantityNames, () => number),
    sellable: number,
  })
  .transform(({ sku, location, version, sellable, ...quantities }) => ({
    sku,
    location,
    version,
    sellable,
    quantities,
  }));

export interface TableLevel extends LevelState {
  /** The stored value, which the condition of each write compares. */
  readonly sellable: number;
}

/** Reads every level of the table, consistently and page by page (1 MB each, unless `pageLevelCount` is given). */
export async function readTable(
  system: System,
  options: { pageLevelCount?: number } = {},
): Promise<Map<string, TableLevel>> {
  const client = new DynamoDBClient({ endpoint: system.dynamodb, ...laptopAccess });
  const levels = new Map<string, TableLevel>();
  const names = ["sku", "location", "version", "sellable", ...quantityNames];
  const pages = paginateScan(
    { client, ...(options.pageLevelCount !== undefined && { pageSize: options.pageLevelCount }) },
    {
      TableName: system.inventoryTable,
      ConsistentRead: true,
      FilterExpression: "begins_with(#pk, :stock)",
      ProjectionExpression: names.map((name) => `#${name}`).join(", "),
      ExpressionAttributeNames: Object.fromEntries([["#pk", "pk"], ...names.map((name) => [`#${name}`, name])]),
      ExpressionAttributeValues: { ":stock": { S: "STOCK#" } satisfies AttributeValue },
    },
  );
  for await (const page of pages) {
    for (const item of page.Items ?? []) {
      const level = StoredLevel.parse(item);
      levels.set(levelName(level), level);
    }
  }
  client.destroy();
  return levels;
}

/** Access to the laptop's engines, which accept any credentials. */
export const laptopAccess = {
  region: process.env.AWS_REGION ?? "eu-west-1",
  credentials: { accessKeyId: "demo", secretAccessKey: "demo" },
};
