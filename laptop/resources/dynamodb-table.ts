import { setTimeout as pause } from "node:timers/promises";
import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import type { Laptop } from "./laptop.ts";
import { required } from "./registry.ts";

/** The longest time for a change: a new index is filled from the whole table. */
const changeMsMax = 300_000;
const pollMs = 20;

type Key = { readonly hash_key: string; readonly range_key?: string | undefined };
type Projection = {
  readonly projection_type: "ALL" | "KEYS_ONLY" | "INCLUDE";
  readonly non_key_attributes?: string[] | undefined;
};

/** The table that Terraform describes. */
export interface TableDefinition {
  readonly name: string;
  readonly key: Key;
  readonly attributes: readonly { readonly name: string; readonly type: "S" | "N" | "B" }[];
  readonly indexes: readonly (Key & Projection & { readonly name: string })[];
  readonly localIndexes: readonly (Key & Projection & { readonly name: string })[];
  readonly stream: "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES" | "KEYS_ONLY" | undefined;
  readonly ttl: string | undefined;
}

/** Creates the table, or changes the existing one. */
export async function applyTable(laptop: Laptop, wanted: TableDefinition): Promise<TableDescription> {
  const { dynamodb } = laptop;
  const existing = await describeTable(dynamodb, wanted.name);
  if (existing === undefined) await create(dynamodb, wanted);
  else await reconcile(laptop, existing, wanted);
  await applyTtl(dynamodb, wanted);
  return required(await describeTable(dynamodb, wanted.name), "table", wanted.name);
}

async function create(client: DynamoDBClient, wanted: TableDefinition): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: wanted.name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: definitions(wanted),
      KeySchema: schemaOf(wanted.key),
      ...(wanted.indexes.length > 0 ? { GlobalSecondaryIndexes: wanted.indexes.map(indexOf) } : {}),
      ...(wanted.localIndexes.length > 0 ? { LocalSecondaryIndexes: wanted.localIndexes.map(indexOf) } : {}),
      ...streamOf(wanted),
    }),
  );
  await settled(client, wanted.name);
}

/** Makes and logs the changes that DynamoDB can make to an existing table. Any other change is an error. */
async function reconcile(
  { dynamodb, log }: Laptop,
  existing: TableDescription,
  wanted: TableDefinition,
): Promise<void> {
  const { name } = wanted;
  refuseChangedKeys(existing, wanted);
  const present = new Set(existing.GlobalSecondaryIndexes?.map((index) => index.IndexName));
  for (const index of wanted.indexes.filter((index) => !present.has(index.name))) {
    log(`table ${name}: building the new index ${index.name}`);
    await change(dynamodb, wanted, { Create: indexOf(index) });
  }
  const kept = new Set<string | undefined>(wanted.indexes.map((index) => index.name));
  for (const IndexName of [...present].filter((index) => !kept.has(index))) {
    log(`table ${name}: dropping the index ${IndexName}, which is no longer configured`);
    await change(dynamodb, wanted, { Delete: { IndexName } });
  }
  const streaming = existing.StreamSpecification?.StreamEnabled === true;
  const sameView = existing.StreamSpecification?.StreamViewType === wanted.stream;
  // A stream that a Kinesis destination enabled stays: it may hold records that are not delivered yet.
  if (wanted.stream === undefined || (streaming && sameView)) return;
  log(`table ${name}: its stream is now ${wanted.stream}; records that no reader has read are lost`);
  if (streaming) await updateStream(dynamodb, name, { StreamSpecification: { StreamEnabled: false } });
  await updateStream(dynamodb, name, streamOf(wanted));
}

function refuseChangedKeys(existing: TableDescription, wanted: TableDefinition): void {
  const indexes = new Map(existing.GlobalSecondaryIndexes?.map((index) => [index.IndexName, index]));
  const changed = wanted.indexes.filter((index) => {
    const found = indexes.get(index.name);
    return found !== undefined && keyText(found.KeySchema) !== keyText(schemaOf(index));
  });
  const parts = changed.map((index) => `index ${index.name}`);
  if (keyText(existing.KeySchema) !== keyText(schemaOf(wanted.key))) parts.push("primary key");
  if (parts.length === 0) return;
  throw new Error(
    `the stored table ${wanted.name} has another ${parts.join(" and ")} than configured, which DynamoDB cannot change in place; reset the laptop's state, or rename the table or index`,
  );
}

function keyText(schema: TableDescription["KeySchema"]): string {
  return (schema ?? []).map((part) => `${part.KeyType}=${part.AttributeName}`).join(",");
}

async function change(
  client: DynamoDBClient,
  wanted: TableDefinition,
  update: { Create: GlobalSecondaryIndex } | { Delete: { IndexName: string | undefined } },
): Promise<void> {
  await client.send(
    new UpdateTableCommand({
      TableName: wanted.name,
      AttributeDefinitions: definitions(wanted),
      GlobalSecondaryIndexUpdates: [update],
    }),
  );
  await settled(client, wanted.name);
}

async function updateStream(
  client: DynamoDBClient,
  TableName: string,
  stream: ReturnType<typeof streamOf> | { StreamSpecification: { StreamEnabled: false } },
): Promise<void> {
  await client.send(new UpdateTableCommand({ TableName, ...stream }));
  await settled(client, TableName);
}

async function applyTtl(client: DynamoDBClient, { name, ttl }: TableDefinition): Promise<void> {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: name }));
  const current = TimeToLiveDescription?.TimeToLiveStatus?.startsWith("ENABL") ? TimeToLiveDescription : undefined;
  if (current?.AttributeName === ttl) return;
  const set = async (AttributeName: string | undefined, Enabled: boolean) => {
    if (AttributeName === undefined) return;
    await client.send(
      new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: { AttributeName, Enabled } }),
    );
  };
  await set(current?.AttributeName, false);
  await set(ttl, true);
}

async function describeTable(client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** Waits until the table and all its indexes are active, and no deleted index exists. */
async function settled(client: DynamoDBClient, TableName: string): Promise<void> {
  const deadline = performance.now() + changeMsMax;
  for (;;) {
    const table = await describeTable(client, TableName);
    const states = [table?.TableStatus, ...(table?.GlobalSecondaryIndexes ?? []).map((index) => index.IndexStatus)];
    if (states.every((state) => state === "ACTIVE")) return;
    if (performance.now() > deadline) {
      throw new Error(`the table ${TableName} is not ready after ${changeMsMax / 1_000} s (${states.join(", ")})`);
    }
    await pause(pollMs);
  }
}

/** DynamoDB refuses attributes that no key uses. Terraform's provider does too. */
function definitions(wanted: TableDefinition): AttributeDefinition[] {
  return wanted.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type }));
}

function schemaOf({ hash_key, range_key }: Key): NonNullable<TableDescription["KeySchema"]> {
  const range = range_key === undefined ? [] : [{ AttributeName: range_key, KeyType: "RANGE" as const }];
  return [{ AttributeName: hash_key, KeyType: "HASH" }, ...range];
}

function indexOf(index: Key & Projection & { readonly name: string }): GlobalSecondaryIndex {
  const include = index.non_key_attributes === undefined ? {} : { NonKeyAttributes: [...index.non_key_attributes] };
  return {
    IndexName: index.name,
    KeySchema: schemaOf(index),
    Projection: { ProjectionType: index.projection_type, ...include },
  };
}

function streamOf({ stream }: TableDefinition) {
  return stream === undefined ? {} : { StreamSpecification: { StreamEnabled: true, StreamViewType: stream } };
}
