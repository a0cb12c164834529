import type { Checkpoints } from "../streams/checkpoints.ts";
import { createIdlePause } from "../streams/pause.ts";
import type { Position, StreamRecord } from "../streams/record-stream.ts";
import { type RunningShards, runShards } from "../streams/run-shards.ts";
import type { ShardReader } from "../streams/shard-reader.ts";
import { compileFilter } from "./filter.ts";
import { StreamBatch, type StreamBatchOptions } from "./stream-batch.ts";

export interface StreamPollerOptions<Raw> extends Omit<StreamBatchOptions<Raw>, "done"> {
  readonly checkpoints: Checkpoints;
}

const defaultBatchSize = 100;
/** An event has 6 MB at most. Only records are counted, so some room is left for what the event adds to them. */
const batchBytesMax = 5 * 1024 * 1024;

/** Feeds a function from all shards of a stream. */
export function startStreamPoller<Raw>(options: StreamPollerOptions<Raw>): Promise<RunningShards> {
  const { mapping, source, checkpoints, timers } = options;
  const passes = compileFilter(mapping.filterPatterns);
  const batchSize = mapping.batchSize ?? defaultBatchSize;
  const windowMs = (mapping.maximumBatchingWindowSeconds ?? 0) * 1000;
  const done = (shardId: string, sequenceNumber: string) => checkpoints.set(shardId, { type: "after", sequenceNumber });

  async function work(reader: ShardReader<Raw>, signal: AbortSignal): Promise<void> {
    const idlePause = createIdlePause(signal);
    const shardId = reader.shard.id;
    let pending: StreamRecord<Raw>[] = [];
    let since = 0;
    while (!signal.aborted) {
      const read = await reader.read(batchSize - pending.length);
      const passed = mapping.filterPatterns?.length ? read.filter((record) => passes(source.toFiltered(record))) : read;
      if (pending.length === 0) since = timers.now();
      pending.push(...passed);
      const lastRead = read.at(-1)?.sequenceNumber;
      const isDue = pending.length >= batchSize || timers.now() - since >= windowMs || reader.finished;
      if (pending.length > 0 && isDue) {
        for (const records of bySize(pending)) {
          await new StreamBatch({ ...options, done }, { shardId, records, signal }).work();
        }
        pending = [];
        if (signal.aborted) return;
      }
      // Records that the filter rejects are done too, once no record before them waits.
      if (lastRead && pending.length === 0) done(shardId, lastRead);
      if (reader.finished && pending.length === 0) return;
      await idlePause(read.length > 0);
    }
  }

  return runShards({
    stream: source.stream,
    checkpoints,
    first: firstPosition(options),
    work,
    onFault: (error) => options.log(`polling failed: ${String(error)}`),
  });
}

function firstPosition<Raw>({ mapping, timers }: StreamPollerOptions<Raw>): Position {
  switch (mapping.startingPosition) {
    case "TRIM_HORIZON":
      return { type: "oldest" };
    case "LATEST":
      return { type: "since", at: timers.now() };
    case "AT_TIMESTAMP":
      return { type: "since", at: Date.parse(mapping.startingPositionTimestamp ?? "") };
    case undefined:
      throw new Error(`the mapping of ${mapping.eventSourceArn} needs a starting position`);
  }
}

function* bySize<Raw>(records: readonly StreamRecord<Raw>[]): Generator<readonly StreamRecord<Raw>[]> {
  let batch: StreamRecord<Raw>[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = JSON.stringify(record.raw).length;
    if (batch.length > 0 && bytes + size > batchBytesMax) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(record);
    bytes += size;
  }
  yield batch;
}
