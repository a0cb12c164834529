import { z } from "zod";
import { dynamoDbEndpoint, kinesisEndpoint, queuesAndBucketsEndpoint, uniqueName } from "../testing/index.ts";
import type { EngineEndpoints } from "./context.ts";
import { sendMessage } from "./delivery.ts";
import { accountId, region } from "./services.fixture.ts";
import { describeTableStream } from "./streams/dynamodb-stream.ts";
import { openKinesisStream } from "./streams/kinesis-stream.ts";
import { callJson } from "./wire.ts";

export async function engineEndpoints(): Promise<EngineEndpoints> {
  const [dynamodb, kinesis, queuesAndBuckets] = await Promise.all([
    dynamoDbEndpoint(),
    kinesisEndpoint(),
    queuesAndBucketsEndpoint(),
  ]);
  return { dynamodb, kinesis, sqs: queuesAndBuckets, sns: queuesAndBuckets, s3: queuesAndBuckets };
}

export async function createStream(endpoint: string, shardCount = 1): Promise<string> {
  const StreamName = uniqueName("stream");
  const input = { StreamName, ShardCount: shardCount };
  await callJson({ endpoint, target: "Kinesis_20131202.CreateStream", input, output: z.unknown() });
  const status = async () => {
    const output = z.object({ StreamDescription: z.object({ StreamStatus: z.string() }) });
    const described = await callJson({
      endpoint,
      target: "Kinesis_20131202.DescribeStream",
      input: { StreamName },
      output,
    });
    return described.StreamDescription.StreamStatus;
  };
  while ((await status()) !== "ACTIVE");
  return `arn:aws:kinesis:${region}:${accountId}:stream/${StreamName}`;
}

export async function putRecords(endpoint: string, streamArn: string, values: readonly unknown[]): Promise<void> {
  const input = {
    StreamName: streamArn.split("/")[1],
    Records: values.map((value) => ({
      PartitionKey: "one",
      Data: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64"),
    })),
  };
  await callJson({ endpoint, target: "Kinesis_20131202.PutRecords", input, output: z.unknown() });
}

/** All records that a stream holds now, parsed, shard by shard. */
export async function readRecords(endpoint: string, streamArn: string) {
  const stream = openKinesisStream({ endpoint, streamArn });
  const found: { value: unknown; partitionKey: string; shardId: string }[] = [];
  for (const shard of await stream.shards()) {
    const { records } = await stream.read(await stream.iterator(shard.id, { type: "oldest" }), 10_000);
    for (const { raw } of records) {
      const value: unknown = JSON.parse(Buffer.from(raw.Data, "base64").toString());
      found.push({ value, partitionKey: raw.PartitionKey, shardId: shard.id });
    }
  }
  return found;
}

export async function createTable(endpoint: string, options: { stream?: boolean } = {}) {
  const TableName = uniqueName("table");
  await callDynamoDb(endpoint, "CreateTable", {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    ...(options.stream === false
      ? {}
      : { StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" } }),
  });
  const { label } = await describeTableStream({ endpoint, tableName: TableName });
  return {
    tableName: TableName,
    streamArn: `arn:aws:dynamodb:${region}:${accountId}:table/${TableName}/stream/${label}`,
    put: (item: Record<string, unknown>) => callDynamoDb(endpoint, "PutItem", { TableName, Item: item }),
    delete: (pk: string) => callDynamoDb(endpoint, "DeleteItem", { TableName, Key: { pk: { S: pk } } }),
  };
}

async function callDynamoDb(endpoint: string, operation: string, input: object): Promise<void> {
  const target = `DynamoDB_20120810.${operation}`;
  await callJson({ endpoint, target, version: "1.0", input, output: z.unknown() });
}

export async function createQueue(endpoint: string, visibilityTimeoutSeconds = 30) {
  const QueueName = uniqueName("queue");
  const { QueueUrl } = await callJson({
    endpoint,
    target: "AmazonSQS.CreateQueue",
    version: "1.0",
    region,
    input: { QueueName, Attributes: { VisibilityTimeout: String(visibilityTimeoutSeconds) } },
    output: z.object({ QueueUrl: z.string() }),
  });
  const queueArn = await attributeOf(endpoint, QueueUrl, "QueueArn");
  return {
    queueArn,
    send: (body: unknown) =>
      sendMessage({ endpoint, queueArn, body: typeof body === "string" ? body : JSON.stringify(body), attributes: {} }),
    /** Visible and invisible messages together. */
    messageCount: async () => {
      const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
      const counts = await Promise.all(names.map((name) => attributeOf(endpoint, QueueUrl, name)));
      return counts.reduce((sum, count) => sum + Number(count), 0);
    },
    receive: async (): Promise<unknown[]> => {
      const output = z.object({ Messages: z.array(z.object({ Body: z.string() })).nullish() });
      const input = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 };
      const answer = await callJson({
        endpoint,
        target: "AmazonSQS.ReceiveMessage",
        version: "1.0",
        region,
        input,
        output,
      });
      return (answer.Messages ?? []).map(({ Body }) => JSON.parse(Body));
    },
  };
}

async function attributeOf(endpoint: string, QueueUrl: string, name: string): Promise<string> {
  const { Attributes } = await callJson({
    endpoint,
    target: "AmazonSQS.GetQueueAttributes",
    version: "1.0",
    region,
    input: { QueueUrl, AttributeNames: ["All"] },
    output: z.object({ Attributes: z.record(z.string(), z.string()) }),
  });
  return Attributes[name] ?? "";
}

export async function createBucket(endpoint: string) {
  const bucket = uniqueName("bucket");
  await fetch(`${endpoint}/${bucket}`, { method: "PUT" });
  const get = async (key: string) => {
    const response = await fetch(`${endpoint}/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`);
    if (!response.ok) throw new Error(`${key}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  };
  return {
    bucket,
    bucketArn: `arn:aws:s3:::${bucket}`,
    keys: async (): Promise<string[]> => {
      const listing = await (await fetch(`${endpoint}/${bucket}?list-type=2`)).text();
      return [...listing.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = ""]) => key);
    },
    get,
  };
}
