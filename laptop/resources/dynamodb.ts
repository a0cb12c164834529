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
import { z } from "zod";
import { defined } from "./defined.ts";
import type { Laptop } from "./laptop.ts";
import { arn } from "./naming.ts";
import { required } from "./registry.ts";
import {
  block,
  blocks,
  boolean,
  defineResource,
  ignored,
  notDestroyed,
  notEncrypted,
  notTimed,
  text,
  texts,
} from "./resource.ts";

/** A new index is filled from the whole table. */
const changeMsMax = 300_000;
const pollMs = 20;

const notThrottled = "the engine has no capacity limits";
const Index = {
  name: text(),
  range_key: text().optional(),
  projection_type: z.enum(["ALL", "KEYS_ONLY", "INCLUDE"]).default("ALL"),
  non_key_attributes: texts().optional(),
};
const Attribute = z.object({ name: z.string(), type: z.enum(["S", "N", "B"]) });

type Key = { readonly hash_key: string; readonly range_key?: string | undefined };
type Projection = {
  readonly projection_type: "ALL" | "KEYS_ONLY" | "INCLUDE";
  readonly non_key_attributes?: string[] | undefined;
};

export const dynamodbTable = defineResource({
  type: "aws_dynamodb_table",
  engines: ["dynamodb"],
  arguments: {
    name: text(),
    hash_key: text(),
    range_key: text().optional(),
    attribute: blocks({ name: text(), type: text() }),
    global_secondary_index: blocks({
      ...Index,
      hash_key: text(),
      read_capacity: ignored(notThrottled),
      write_capacity: ignored(notThrottled),
      on_demand_throughput: ignored(notThrottled),
      warm_throughput: ignored(notThrottled),
    }).default([]),
    local_secondary_index: blocks({ ...Index, range_key: text() }).default([]),
    stream_enabled: boolean().default(false),
    stream_view_type: z.enum(["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"]).optional(),
    ttl: block({ attribute_name: text().optional(), enabled: boolean().default(true) }).optional(),
    billing_mode: ignored(notThrottled),
    read_capacity: ignored(notThrottled),
    write_capacity: ignored(notThrottled),
    on_demand_throughput: ignored(notThrottled),
    warm_throughput: ignored(notThrottled),
    table_class: ignored("a price, not a behaviour"),
    point_in_time_recovery: ignored("backups are not taken; the state folder is the copy"),
    deletion_protection_enabled: ignored(notDestroyed),
    server_side_encryption: ignored(notEncrypted),
    timeouts: ignored(notTimed),
  },
  apply: async (args, laptop) => {
    const wanted: Wanted = {
      name: args.name,
      key: { hash_key: args.hash_key, range_key: args.range_key },
      attributes: args.attribute.map((attribute) => Attribute.parse(attribute)),
      indexes: args.global_secondary_index,
      localIndexes: args.local_secondary_index.map((index) => ({ ...index, hash_key: args.hash_key })),
      stream: args.stream_enabled ? (args.stream_view_type ?? "NEW_AND_OLD_IMAGES") : undefined,
      ttl: args.ttl?.enabled ? args.ttl.attribute_name : undefined,
    };
    const existing = await describe(laptop.dynamodb, wanted.name);
    if (existing === undefined) await create(laptop.dynamodb, wanted);
    else await reconcile(laptop, existing, wanted);
    await applyTtl(laptop.dynamodb, wanted);
    const table = required(await describe(laptop.dynamodb, wanted.name), "table", wanted.name);
    laptop.registry.tables.add(wanted.name);
    const tableArn = arn("dynamodb", laptop.region, `table/${wanted.name}`);
    const streamLabel = table.LatestStreamLabel ?? "";
    return {
      id: wanted.name,
      arn: tableArn,
      stream_arn: wanted.stream === undefined ? "" : `${tableArn}/stream/${streamLabel}`,
      stream_label: wanted.stream === undefined ? "" : streamLabel,
    };
  },
  remove: "keeps data",
});

export const dynamodbKinesisStreamingDestination = defineResource({
  type: "aws_dynamodb_kinesis_streaming_destination",
  engines: ["dynamodb", "kinesis"],
  arguments: {
    table_name: text(),
    stream_arn: text(),
    approximate_creation_date_time_precision: z.enum(["MILLISECOND", "MICROSECOND"]).optional(),
  },
  apply: async (args, { registry, services }) => {
    required(registry.tables.has(args.table_name) || undefined, "table", args.table_name);
    await services.kinesisDestinations.createKinesisDestination(
      defined({
        tableName: args.table_name,
        streamArn: args.stream_arn,
        approximateCreationDateTimePrecision: args.approximate_creation_date_time_precision,
      }),
    );
    return { id: `${args.table_name},${args.stream_arn}` };
  },
  remove: (_, { services }, { id }) => services.kinesisDestinations.deleteKinesisDestination(String(id)),
});

type Wanted = {
  readonly name: string;
  readonly key: Key;
  readonly attributes: readonly { readonly name: string; readonly type: "S" | "N" | "B" }[];
  readonly indexes: readonly (Key & Projection & { readonly name: string })[];
  readonly localIndexes: readonly (Key & Projection & { readonly name: string })[];
  readonly stream: "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES" | "KEYS_ONLY" | undefined;
  readonly ttl: string | undefined;
};

async function create(client: DynamoDBClient, wanted: Wanted): Promise<void> {
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

/** Changes an existing table where DynamoDB can, and says so; what it cannot change stops the start. */
async function reconcile({ dynamodb, log }: Laptop, existing: TableDescription, wanted: Wanted): Promise<void> {
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
  // A stream that a destination turned on stays: it may hold records that are not delivered yet.
  if (wanted.stream === undefined || (streaming && sameView)) return;
  log(`table ${name}: its stream is now ${wanted.stream}; records that were not read yet are lost`);
  if (streaming) await updateStream(dynamodb, name, { StreamSpecification: { StreamEnabled: false } });
  await updateStream(dynamodb, name, streamOf(wanted));
}

function refuseChangedKeys(existing: TableDescription, wanted: Wanted): void {
  const indexes = new Map(existing.GlobalSecondaryIndexes?.map((index) => [index.IndexName, index]));
  const changed = wanted.indexes.filter((index) => {
    const found = indexes.get(index.name);
    return found !== undefined && keyText(found.KeySchema) !== keyText(schemaOf(index));
  });
  const parts = changed.map((index) => `index ${index.name}`);
  if (keyText(existing.KeySchema) !== keyText(schemaOf(wanted.key))) parts.push("primary key");
  if (parts.length === 0) return;
  throw new Error(
    `the stored table ${wanted.name} has another ${parts.join(" and ")} than configured, which DynamoDB cannot change in place; reset the laptop's state, or rename what changed`,
  );
}

function keyText(schema: TableDescription["KeySchema"]): string {
  return (schema ?? []).map((part) => `${part.KeyType}=${part.AttributeName}`).join(",");
}

async function change(
  client: DynamoDBClient,
  wanted: Wanted,
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

async function applyTtl(client: DynamoDBClient, { name, ttl }: Wanted): Promise<void> {
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

async function describe(client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** The table and all its indexes are there, and none is on its way out. */
async function settled(client: DynamoDBClient, TableName: string): Promise<void> {
  const deadline = performance.now() + changeMsMax;
  for (;;) {
    const table = await describe(client, TableName);
    const states = [table?.TableStatus, ...(table?.GlobalSecondaryIndexes ?? []).map((index) => index.IndexStatus)];
    if (states.every((state) => state === "ACTIVE")) return;
    if (performance.now() > deadline) {
      throw new Error(`the table ${TableName} is not ready after ${changeMsMax / 1_000} s (${states.join(", ")})`);
    }
    await pause(pollMs);
  }
}

/** DynamoDB refuses attributes that no key uses, as Terraform's provider does. */
function definitions(wanted: Wanted): AttributeDefinition[] {
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

function streamOf({ stream }: Wanted) {
  return stream === undefined ? {} : { StreamSpecification: { StreamEnabled: true, StreamViewType: stream } };
}
