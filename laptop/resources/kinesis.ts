import {
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DescribeStreamSummaryCommand,
  IncreaseStreamRetentionPeriodCommand,
  type KinesisClient,
  ResourceNotFoundException,
  type StreamDescriptionSummary,
  waitUntilStreamExists,
} from "@aws-sdk/client-kinesis";
import { arn, lastPart } from "./naming.ts";
import { required } from "./registry.ts";
import {
  block,
  defineResource,
  ignored,
  notDestroyed,
  notEncrypted,
  notMonitored,
  notTimed,
  number,
  text,
} from "./resource.ts";

/** On AWS, an on-demand stream starts with four shards. */
const onDemandShards = 4;
const retentionHoursDefault = 24;

export const kinesisStream = defineResource({
  type: "aws_kinesis_stream",
  engines: ["kinesis"],
  arguments: {
    name: text(),
    shard_count: number().optional(),
    retention_period: number().default(retentionHoursDefault),
    stream_mode_details: block({ stream_mode: text() }).optional(),
    max_record_size_in_kib: ignored("the engine has its own limit for the size of a record"),
    encryption_type: ignored(notEncrypted),
    kms_key_id: ignored(notEncrypted),
    shard_level_metrics: ignored(notMonitored),
    enforce_consumer_deletion: ignored(notDestroyed),
    timeouts: ignored(notTimed),
  },
  apply: async (args, { kinesis, log, region }) => {
    const { name } = args;
    const shards = args.shard_count ?? onDemandShards;
    const existing = await describe(kinesis, name);
    if (existing === undefined) {
      await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }));
      await waitUntilStreamExists(
        { client: kinesis, maxWaitTime: 30, minDelay: 0.02, maxDelay: 0.5 },
        { StreamName: name },
      );
    } else if (existing.OpenShardCount !== shards) {
      log(`stream ${name}: keeps its ${existing.OpenShardCount} shards (configured: ${shards}); reset to change them`);
    }
    await retain(kinesis, name, existing?.RetentionPeriodHours ?? retentionHoursDefault, args.retention_period);
    required(await describe(kinesis, name), "stream", name);
    const streamArn = arn("kinesis", region, `stream/${name}`);
    return { id: streamArn, arn: streamArn, shard_count: shards };
  },
  remove: "keeps data",
});

/** A consumer reads by polling, because the Kinesis engine has no enhanced fan-out. */
export const kinesisStreamConsumer = defineResource({
  type: "aws_kinesis_stream_consumer",
  engines: ["kinesis"],
  arguments: { name: text(), stream_arn: text() },
  apply: async (args, { kinesis }) => {
    const stream = lastPart(args.stream_arn);
    required(await describe(kinesis, stream), "stream", stream);
    const consumerArn = `${args.stream_arn}/consumer/${args.name}:1767225600`;
    return { id: consumerArn, arn: consumerArn, creation_timestamp: "2026-01-01T00:00:00Z" };
  },
  remove: "leaves nothing",
});

async function retain(client: KinesisClient, StreamName: string, current: number, wanted: number): Promise<void> {
  const change = { StreamName, RetentionPeriodHours: wanted };
  if (wanted > current) await client.send(new IncreaseStreamRetentionPeriodCommand(change));
  if (wanted < current) await client.send(new DecreaseStreamRetentionPeriodCommand(change));
}

async function describe(client: KinesisClient, StreamName: string): Promise<StreamDescriptionSummary | undefined> {
  try {
    return (await client.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
