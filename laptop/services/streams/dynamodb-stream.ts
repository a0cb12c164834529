import { z } from "zod";
import { parseArn } from "../arn.ts";
import { callJson, EngineError } from "../wire.ts";
import type { RecordStream, StreamRecord } from "./record-stream.ts";

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
/** As DynamoDB Streams' GetRecords has it. */
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

export function dynamoDbStream(options: { endpoint: string; streamArn: string }): RecordStream<DynamoDbRecord> {
  const { endpoint } = options;
  const engineArn = engineStreamArn(options);
  const call = <Shape extends z.ZodType>(operation: string, input: object, output: Shape) =>
    callJson({ endpoint, target: `${streams}.${operation}`, version: "1.0", input, output });
  const iteratorOf = async (input: object) => {
    const output = z.object({ ShardIterator: z.string() });
    return (await call("GetShardIterator", { StreamArn: await engineArn(), ...input }, output)).ShardIterator;
  };
  return {
    arn: options.streamArn,
    shards: async () => {
      const found: z.output<typeof Description>["StreamDescription"]["Shards"] = [];
      let after: string | undefined;
      do {
        const input = { StreamArn: await engineArn(), ...(after ? { ExclusiveStartShardId: after } : {}) };
        const { StreamDescription } = await call("DescribeStream", input, Description);
        found.push(...StreamDescription.Shards);
        after = StreamDescription.LastEvaluatedShardId ?? undefined;
      } while (after);
      return found.map(({ ShardId, ParentShardId }) => ({
        id: ShardId,
        ...(ParentShardId ? { parentId: ParentShardId } : {}),
      }));
    },
    iterator: async (ShardId, position) => {
      const oldest = { ShardId, ShardIteratorType: "TRIM_HORIZON" };
      // A table's stream knows no instants: the reader skips what is older.
      if (position.type !== "after") return iteratorOf(oldest);
      const after = { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: position.sequenceNumber };
      return iteratorOf({ ShardId, ...after }).catch((error: unknown) => {
        // What was read last is gone after a day; then so is everything older than what is left.
        if (error instanceof EngineError && error.code === "TrimmedDataAccessException") return iteratorOf(oldest);
        throw error;
      });
    },
    read: async (ShardIterator, limit) => {
      const answer = await call("GetRecords", { ShardIterator, Limit: Math.min(limit, recordsMax) }, Records);
      return {
        records: answer.Records.map(toStreamRecord),
        ...(answer.NextShardIterator ? { next: answer.NextShardIterator } : {}),
      };
    },
  };
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

/** The engine has ARNs of its own region; a stream is found by its table. */
function engineStreamArn(options: { endpoint: string; streamArn: string }): () => Promise<string> {
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

/** DynamoDB Local tells a record's time in whole minutes: the end of that minute, or now, is the latest it can be. */
function toStreamRecord(raw: DynamoDbRecord): StreamRecord<DynamoDbRecord> {
  const arrivedAt = Math.min(raw.dynamodb.ApproximateCreationDateTime * 1000 + 59_999, Date.now());
  const dynamodb = { ...raw.dynamodb, ApproximateCreationDateTime: Math.floor(arrivedAt / 1000) };
  return { sequenceNumber: dynamodb.SequenceNumber, arrivedAt, raw: { ...raw, dynamodb } };
}
