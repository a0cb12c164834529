import { z } from "zod";
import { parseArn } from "../arn.ts";
import { callJson, EngineError } from "../wire.ts";
import type { Position, RecordStream, Shard, StreamRecord } from "./record-stream.ts";

const Item = z.record(z.string(), z.unknown());
const DynamoDbRecord = z.object({
  eventID: z.string(),
  eventName: z.enum(["INSERT", "MODIFY", "REMOVE"]),
  dynamodb: z.object({
    /** Seconds since the epoch. */
    ApproximateCreationDateTime: z.number(),
    Keys: Item,
    NewImage: Item.optional(),
    OldImage: Item.optional(),
    SequenceNumber: z.string(),
    SizeBytes: z.number(),
    StreamViewType: z.string(),
  }),
  userIdentity: z.object({ PrincipalId: z.string(), Type: z.string() }).nullish(),
});
/** A record of GetRecords of DynamoDB Streams. */
export type DynamoDbRecord = z.output<typeof DynamoDbRecord>;

const Description = z.object({
  StreamDescription: z.object({
    Shards: z.array(z.object({ ShardId: z.string(), ParentShardId: z.string().optional() })).default([]),
    LastEvaluatedShardId: z.string().nullish(),
  }),
});
const Records = z.object({ Records: z.array(DynamoDbRecord), NextShardIterator: z.string().nullish() });
const Table = z.object({
  Table: z.object({
    LatestStreamArn: z.string().optional(),
    LatestStreamLabel: z.string().optional(),
    StreamSpecification: z.object({ StreamEnabled: z.boolean(), StreamViewType: z.string().optional() }).optional(),
  }),
});

const streams = "DynamoDBStreams_20120810";
/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
const recordsMax = 1_000;

interface StreamOptions {
  readonly endpoint: string;
  readonly streamArn: string;
}

export function openDynamoDbStream(options: StreamOptions): RecordStream<DynamoDbRecord> {
  const { endpoint } = options;
  const engineArn = engineStreamArn(options);
  return {
    arn: options.streamArn,
    shards: async () => listShards(endpoint, await engineArn()),
    iterator: async (shardId, position) => iteratorAt({ endpoint, streamArn: await engineArn() }, shardId, position),
    read: async (ShardIterator, limit) => {
      const input = { ShardIterator, Limit: Math.min(limit, recordsMax) };
      const { Records: records, NextShardIterator: next } = await call(endpoint, "GetRecords", input, Records);
      return { records: records.map(toStreamRecord), ...(next ? { next } : {}) };
    },
  };
}

const call = <Shape extends z.ZodType>(endpoint: string, operation: string, input: object, output: Shape) =>
  callJson({ endpoint, target: `${streams}.${operation}`, version: "1.0", input, output });

async function listShards(endpoint: string, StreamArn: string): Promise<readonly Shard[]> {
  const shards: Shard[] = [];
  let after: string | undefined;
  do {
    const input = { StreamArn, ...(after ? { ExclusiveStartShardId: after } : {}) };
    const { StreamDescription } = await call(endpoint, "DescribeStream", input, Description);
    for (const { ShardId: id, ParentShardId: parentId } of StreamDescription.Shards) {
      shards.push({ id, ...(parentId ? { parentId } : {}) });
    }
    after = StreamDescription.LastEvaluatedShardId ?? undefined;
  } while (after);
  return shards;
}

/** A table's stream cannot be read from an instant on, so the reader skips older records itself. */
async function iteratorAt(stream: StreamOptions, ShardId: string, position: Position): Promise<string> {
  const oldest = { ShardId, ShardIteratorType: "TRIM_HORIZON" };
  if (position.type !== "after") return getShardIterator(stream, oldest);
  const after = { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: position.sequenceNumber };
  return getShardIterator(stream, { ShardId, ...after }).catch((error: unknown) => {
    // Records are kept for a day. When the position's record is gone, every older record is gone too.
    if (error instanceof EngineError && error.code === "TrimmedDataAccessException") {
      return getShardIterator(stream, oldest);
    }
    throw error;
  });
}

async function getShardIterator({ endpoint, streamArn }: StreamOptions, input: object): Promise<string> {
  const output = z.object({ ShardIterator: z.string() });
  const { ShardIterator } = await call(endpoint, "GetShardIterator", { StreamArn: streamArn, ...input }, output);
  return ShardIterator;
}

export async function describeTableStream(options: { endpoint: string; tableName: string }) {
  const input = { TableName: options.tableName };
  const target = "DynamoDB_20120810.DescribeTable";
  const { Table: table } = await callJson({ endpoint: options.endpoint, target, version: "1.0", input, output: Table });
  return {
    arn: table.LatestStreamArn,
    label: table.LatestStreamLabel,
    enabled: table.StreamSpecification?.StreamEnabled ?? false,
    viewType: table.StreamSpecification?.StreamViewType,
  };
}

export async function enableTableStream(options: { endpoint: string; tableName: string }): Promise<void> {
  await callJson({
    endpoint: options.endpoint,
    target: "DynamoDB_20120810.UpdateTable",
    version: "1.0",
    input: {
      TableName: options.tableName,
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    },
    output: z.unknown(),
  });
}

/** The engine's ARNs have another region, so a stream is found by its table. */
function engineStreamArn(options: StreamOptions): () => Promise<string> {
  const { service, resource } = parseArn(options.streamArn);
  const [, tableName, label] = /^table\/([^/]+)\/stream\/(.+)$/.exec(resource) ?? [];
  if (service !== "dynamodb" || !tableName) throw new Error(`"${options.streamArn}" is no table stream's ARN`);
  let found: Promise<string> | undefined;
  const find = async () => {
    const stream = await describeTableStream({ endpoint: options.endpoint, tableName });
    if (stream.arn && stream.label === label) return stream.arn;
    throw new Error(`table ${tableName} has no stream ${label}; its latest is ${stream.label ?? "none"}`);
  };
  return () => {
    found ??= find().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}

/** DynamoDB Local gives a record's time in whole minutes: the record came at the end of that minute, or now, at the latest. */
function toStreamRecord(raw: DynamoDbRecord): StreamRecord<DynamoDbRecord> {
  const arrivedAt = Math.min(raw.dynamodb.ApproximateCreationDateTime * 1000 + 59_999, Date.now());
  const dynamodb = { ...raw.dynamodb, ApproximateCreationDateTime: Math.floor(arrivedAt / 1000) };
  return { sequenceNumber: dynamodb.SequenceNumber, arrivedAt, raw: { ...raw, dynamodb } };
}
