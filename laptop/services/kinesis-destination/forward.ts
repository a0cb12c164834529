import type { ServiceContext } from "../context.ts";
import type { ServiceState } from "../state.ts";
import { createCheckpoints } from "../streams/checkpoints.ts";
import {
  type DynamoDbRecord,
  describeTableStream,
  enableTableStream,
  openDynamoDbStream,
} from "../streams/dynamodb-stream.ts";
import { streamNameOf } from "../streams/kinesis-stream.ts";
import { createIdlePause } from "../streams/pause.ts";
import { type RunningShards, runShards } from "../streams/run-shards.ts";
import type { ShardReader } from "../streams/shard-reader.ts";
import { changeRecord } from "./change-record.ts";
import type { KinesisDestinationOptions } from "./kinesis-destination-service.ts";
import { putAll } from "./put-all.ts";

export interface KinesisDestinationsOptions extends ServiceContext {
  readonly state: ServiceState;
}

/** Records in one read of a table's stream. */
const readCount = 1_000;

/**
 * Forwards the changes of one table to Kinesis. A checkpoint is set only once Kinesis has the records: after a kill
 * some records come twice, as they may on AWS, and none is lost.
 */
export async function startForwarding(
  destination: KinesisDestinationOptions,
  destinationId: string,
  options: KinesisDestinationsOptions,
): Promise<RunningShards> {
  const { endpoints, timers } = options;
  const checkpoints = createCheckpoints(options.state, `kinesis-destination/${destinationId}`);
  const source = `kinesis-destination/${destination.tableName}`;
  const log = (line: string) => options.log({ source, line: `${new Date(timers.now()).toISOString()} ${line}` });
  const put = { endpoint: endpoints.kinesis, streamName: streamNameOf(destination.streamArn), log };
  const toEntry = (record: Parameters<typeof changeRecord>[0]) =>
    changeRecord(record, { ...destination, region: options.region });

  async function forwardShard(reader: ShardReader<DynamoDbRecord>, signal: AbortSignal): Promise<void> {
    const idlePause = createIdlePause(signal);
    while (!signal.aborted) {
      const records = await reader.read(readCount);
      const last = records.at(-1);
      if (last) {
        if (!(await putAll(records.map(toEntry), { ...put, signal }))) return;
        checkpoints.set(reader.shard.id, { type: "after", sequenceNumber: last.sequenceNumber });
      }
      if (reader.finished) return;
      await idlePause(records.length > 0);
    }
  }

  return runShards({
    stream: openDynamoDbStream({ endpoint: endpoints.dynamodb, streamArn: await streamArnOf(destination, options) }),
    checkpoints,
    first: { type: "oldest" },
    work: forwardShard,
    onFault: (error) => log(`forwarding failed: ${String(error)}`),
  });
}

/** The table's stream, which is enabled where it is not. Kinesis records carry both images, so the stream must too. */
async function streamArnOf(
  { tableName }: KinesisDestinationOptions,
  { endpoints, region, accountId }: KinesisDestinationsOptions,
): Promise<string> {
  const endpoint = endpoints.dynamodb;
  if (!(await describeTableStream({ endpoint, tableName })).enabled) await enableTableStream({ endpoint, tableName });
  const { label, viewType } = await describeTableStream({ endpoint, tableName });
  if (viewType !== "NEW_AND_OLD_IMAGES") {
    throw new Error(
      `table ${tableName}: its stream has ${viewType}; here its Kinesis destination is fed by that stream and needs NEW_AND_OLD_IMAGES`,
    );
  }
  return `arn:aws:dynamodb:${region}:${accountId}:table/${tableName}/stream/${label}`;
}
