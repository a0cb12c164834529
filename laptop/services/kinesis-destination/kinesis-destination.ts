import type { ServiceContext } from "../context.ts";
import type { State } from "../state.ts";
import { createCheckpoints } from "../streams/checkpoints.ts";
import {
  type DynamoDbRecord,
  describeTableStream,
  dynamoDbStream,
  enableTableStream,
} from "../streams/dynamodb-stream.ts";
import { streamNameOf } from "../streams/kinesis-stream.ts";
import { createIdlePause } from "../streams/pause.ts";
import { type RunningShards, runShards } from "../streams/run-shards.ts";
import type { ShardReader } from "../streams/shard-reader.ts";
import { changeRecord } from "./change-record.ts";
import type { KinesisDestinationOptions, KinesisDestinationService } from "./kinesis-destination-service.ts";
import { putAll } from "./put-all.ts";

export interface KinesisDestinationsOptions extends ServiceContext {
  readonly state: State;
}

/** Records read from a table's stream at once. */
const readCount = 1_000;

/**
 * Forwards the changes of tables to Kinesis. How far it came is noted only once Kinesis has the records:
 * after a kill some come twice, as they may on AWS, and none is lost.
 */
export function createKinesisDestinations(options: KinesisDestinationsOptions): KinesisDestinationService {
  const { endpoints, state, region } = options;
  const forwarders = new Map<string, RunningShards>();

  async function forward(destination: KinesisDestinationOptions, id: string): Promise<RunningShards> {
    const checkpoints = createCheckpoints(state, `kinesis-destination/${id}`);
    const streamName = streamNameOf(destination.streamArn);
    const log = (line: string) =>
      options.log({
        source: `kinesis-destination/${destination.tableName}`,
        line: `${new Date(options.timers.now()).toISOString()} ${line}`,
      });

    async function work(reader: ShardReader<DynamoDbRecord>, signal: AbortSignal): Promise<void> {
      const idlePause = createIdlePause(signal);
      while (!signal.aborted) {
        const records = await reader.read(readCount);
        const last = records.at(-1);
        if (last) {
          const entries = records.map((record) => changeRecord(record, { ...destination, region }));
          if (!(await putAll(entries, { endpoint: endpoints.kinesis, streamName, signal, log }))) return;
          checkpoints.set(reader.shard.id, { type: "after", sequenceNumber: last.sequenceNumber });
        }
        if (reader.finished) return;
        await idlePause(records.length > 0);
      }
    }

    return runShards({
      stream: dynamoDbStream({ endpoint: endpoints.dynamodb, streamArn: await streamOf(destination, options) }),
      checkpoints,
      first: { type: "oldest" },
      work,
      onFault: (error) => log(`forwarding failed: ${String(error)}`),
    });
  }

  return {
    createKinesisDestination: async (destination) => {
      const id = `${destination.tableName},${destination.streamArn}`;
      await forwarders.get(id)?.stop();
      forwarders.set(id, await forward(destination, id));
      return { id };
    },
    deleteKinesisDestination: async (id) => {
      await forwarders.get(id)?.stop();
      forwarders.delete(id);
    },
    stop: async () => {
      await Promise.all([...forwarders.values()].map((forwarder) => forwarder.stop()));
    },
  };
}

/** The table's stream, turned on where it is off. Kinesis records carry both images, so the stream must. */
async function streamOf(
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
