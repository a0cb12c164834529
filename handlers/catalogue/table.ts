import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import type { LocationId, Sku } from "../../contract/identifiers.ts";
import { quantityNames, recordOf } from "../../contract/quantity.ts";
import { type Clock, indexShards, itemStockPartition, type Key, listShardOf, type Wait } from "../inventory/index.ts";
import type { Noun, NounName, Nouns } from "./noun.ts";
import { attributesOf, type CatalogueRecord, parseRecord } from "./record.ts";

export interface CatalogueTablePorts {
  readonly dynamoDb: () => DynamoDBDocumentClient;
  readonly inventoryTable: string;
  readonly clock: Clock;
  readonly wait: Wait;
}

interface ReadOptions {
  readonly consistent: boolean;
}

/**
 * The most keys of one BatchGetItem.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
const batchSizeMax = 100;
const batchAttemptCountMax = 8;
const batchWaitMs = 25;

export async function readRecord<N extends NounName>(
  ports: CatalogueTablePorts,
  noun: Noun<N>,
  id: Nouns[N]["id"],
  { consistent }: ReadOptions,
): Promise<CatalogueRecord<N> | undefined> {
  const { Item } = await ports
    .dynamoDb()
    .send(new GetCommand({ TableName: ports.inventoryTable, Key: noun.keyOf(id), ConsistentRead: consistent }));
  return Item && parseRecord(noun, Item, ports.clock());
}

/** Writes `next` if the table still has the record that `next` was made from. The revision shows whether it has. */
export async function replaceRecord<N extends NounName>(
  ports: CatalogueTablePorts,
  noun: Noun<N>,
  next: CatalogueRecord<N>,
): Promise<"written" | "moved"> {
  const isFirst = next.revision === 1;
  try {
    await ports.dynamoDb().send(
      new PutCommand({
        TableName: ports.inventoryTable,
        Item: attributesOf(noun, next),
        ConditionExpression: isFirst ? "attribute_not_exists(#pk)" : "#revision = :revision",
        ExpressionAttributeNames: isFirst ? { "#pk": "pk" } : { "#revision": "revision" },
        ...(!isFirst && { ExpressionAttributeValues: { ":revision": next.revision - 1 } }),
      }),
    );
    return "written";
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return "moved";
    throw error;
  }
}

/**
 * Returns the first ids after `after`, in order, over all shards of the list index. `more` says whether others follow.
 */
export async function listIds<N extends NounName>(
  ports: CatalogueTablePorts,
  noun: Noun<N>,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<{ readonly ids: readonly Nouns[N]["id"][]; readonly more: boolean }> {
  const shards = Array.from({ length: indexShards }, (_, shard) => listShardOf(noun.type, shard));
  const pages = await Promise.all(
    shards.map((shard) =>
      ports.dynamoDb().send(
        new QueryCommand({
          TableName: ports.inventoryTable,
          IndexName: "byType",
          KeyConditionExpression: after === undefined ? "#shard = :shard" : "#shard = :shard AND #order > :after",
          ExpressionAttributeNames: { "#shard": "listShard", ...(after !== undefined && { "#order": "listOrder" }) },
          ExpressionAttributeValues: { ":shard": shard, ...(after !== undefined && { ":after": after }) },
          Limit: limit,
        }),
      ),
    ),
  );
  const orders = pages.flatMap(({ Items = [] }) => Items.map(({ listOrder }) => z.parse(noun.idSchema, listOrder)));
  const sorted = orders.sort((left, right) => (left < right ? -1 : 1));
  const more = sorted.length > limit || pages.some(({ LastEvaluatedKey }) => LastEvaluatedKey !== undefined);
  return { ids: sorted.slice(0, limit), more };
}

/** Reads records in the order of `ids`. Leaves out ids that an index still lists but the table no longer has. */
export async function readRecords<N extends NounName>(
  ports: CatalogueTablePorts,
  noun: Noun<N>,
  ids: readonly Nouns[N]["id"][],
  options: ReadOptions,
): Promise<readonly CatalogueRecord<N>[]> {
  const items = await batchGet(
    ports,
    ids.map((id) => noun.keyOf(id)),
    options,
  );
  const records = items.map((item) => parseRecord(noun, item, ports.clock()));
  const byId = new Map<string, CatalogueRecord<N>>(records.map((record) => [record.id, record]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

async function batchGet(ports: CatalogueTablePorts, keys: readonly Key[], { consistent }: ReadOptions) {
  const items: Record<string, unknown>[] = [];
  for (let start = 0; start < keys.length; start += batchSizeMax) {
    let missing: Record<string, unknown>[] = keys.slice(start, start + batchSizeMax);
    for (let attempt = 1; missing.length > 0; attempt++) {
      if (attempt > batchAttemptCountMax)
        throw new Error(`${missing.length} keys were not read in ${attempt} attempts`);
      if (attempt > 1) await ports.wait(batchWaitMs * 2 ** attempt);
      const { Responses, UnprocessedKeys } = await ports.dynamoDb().send(
        new BatchGetCommand({
          RequestItems: { [ports.inventoryTable]: { Keys: missing, ConsistentRead: consistent } },
        }),
      );
      items.push(...(Responses?.[ports.inventoryTable] ?? []));
      missing = UnprocessedKeys?.[ports.inventoryTable]?.Keys ?? [];
    }
  }
  return items;
}

const LevelUse = z.object({
  sku: z.string(),
  location: z.string(),
  ...recordOf(quantityNames, () => z.int()),
});
type LevelUse = z.output<typeof LevelUse>;

/** Returns pages of the levels of an item or a location. Each level is read consistently. */
export function levelsOf<N extends NounName>(ports: CatalogueTablePorts, noun: Noun<N>, id: Nouns[N]["id"]) {
  return noun.type === "item" ? levelsOfItem(ports, id as Sku) : levelsOfLocation(ports, id as LocationId);
}

async function* levelsOfItem(ports: CatalogueTablePorts, sku: Sku): AsyncGenerator<readonly LevelUse[]> {
  let from: Record<string, unknown> | undefined;
  do {
    const page = await ports.dynamoDb().send(
      new QueryCommand({
        TableName: ports.inventoryTable,
        KeyConditionExpression: "#pk = :pk",
        ExpressionAttributeNames: { "#pk": "pk" },
        ExpressionAttributeValues: { ":pk": itemStockPartition(sku) },
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    );
    yield z.array(LevelUse).parse(page.Items ?? []);
    from = page.LastEvaluatedKey;
  } while (from);
}

/**
 * Lists levels by an index that lags, and reads each from the table. The audit reports levels that the index missed.
 */
async function* levelsOfLocation(
  ports: CatalogueTablePorts,
  location: LocationId,
): AsyncGenerator<readonly LevelUse[]> {
  let from: Record<string, unknown> | undefined;
  do {
    const page = await ports.dynamoDb().send(
      new QueryCommand({
        TableName: ports.inventoryTable,
        IndexName: "byLocation",
        KeyConditionExpression: "#location = :location",
        ExpressionAttributeNames: { "#location": "location" },
        ExpressionAttributeValues: { ":location": location },
        ExclusiveStartKey: from,
      }),
    );
    const keys = (page.Items ?? []).map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
    yield z.array(LevelUse).parse(await batchGet(ports, keys, { consistent: true }));
    from = page.LastEvaluatedKey;
  } while (from);
}

/** Checks that DynamoDB answers. The item need not exist. */
export async function checkTable(ports: CatalogueTablePorts): Promise<void> {
  await ports.dynamoDb().send(new GetCommand({ TableName: ports.inventoryTable, Key: { pk: "HEALTH", sk: "HEAD" } }), {
    abortSignal: AbortSignal.timeout(1_000),
  });
}
