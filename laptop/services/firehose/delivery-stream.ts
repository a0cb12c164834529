import type { EngineEndpoints } from "../context.ts";
import type { Checkpoints } from "../streams/checkpoints.ts";
import { type KinesisRecord, openKinesisStream } from "../streams/kinesis-stream.ts";
import { createIdlePause } from "../streams/pause.ts";
import { runShards } from "../streams/run-shards.ts";
import type { ShardReader } from "../streams/shard-reader.ts";
import type { Timers } from "../timers.ts";
import { CatchUp } from "./catch-up.ts";
import type { DeliveryStreamOptions } from "./firehose-service.ts";
import { ObjectWriter } from "./object-writer.ts";
import { RecordBuffer } from "./record-buffer.ts";

export interface DeliveryStream {
  /** Reads the records that the source holds by now and writes them. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export interface DeliveryStreamStart {
  readonly delivery: DeliveryStreamOptions;
  readonly endpoints: EngineEndpoints;
  readonly checkpoints: Checkpoints;
  readonly timers: Timers;
  readonly log: (line: string) => void;
}

const readCount = 1_000;
const megabyte = 1024 * 1024;

/** Writes the records of one Kinesis stream into objects. */
export async function startDeliveryStream(options: DeliveryStreamStart): Promise<DeliveryStream> {
  const { delivery, endpoints, checkpoints, log } = options;
  const parts: Parts = {
    buffer: new RecordBuffer({
      appendNewline: delivery.destination.appendNewline ?? false,
      now: options.timers.now,
    }),
    catchUp: new CatchUp(),
    writer: new ObjectWriter({ delivery, s3Endpoint: endpoints.s3, checkpoints, log }),
    ...limitsOf(delivery),
  };
  const { buffer, catchUp, writer } = parts;
  const running = await runShards({
    stream: openKinesisStream({ endpoint: endpoints.kinesis, streamArn: delivery.source.kinesisStreamArn }),
    checkpoints,
    first: { type: "oldest" },
    work: (reader, signal) => readShard(reader, signal, parts),
    onFault: (error) => log(`reading failed: ${String(error)}`),
  });
  return {
    flush: async () => {
      await catchUp.wait();
      await writer.write(buffer.take());
    },
    stop: async () => {
      writer.stop();
      await running.stop();
      await writer.write(undefined);
    },
  };
}

/** When a buffer is written. */
interface Limits {
  readonly intervalMs: number;
  readonly byteCountMax: number;
}

interface Parts extends Limits {
  readonly buffer: RecordBuffer;
  readonly catchUp: CatchUp;
  readonly writer: ObjectWriter;
}

const limitsOf = ({ destination }: DeliveryStreamOptions): Limits => ({
  intervalMs: (destination.bufferingIntervalSeconds ?? 300) * 1000,
  byteCountMax: (destination.bufferingSizeMegabytes ?? 5) * megabyte,
});

async function readShard(reader: ShardReader<KinesisRecord>, signal: AbortSignal, parts: Parts): Promise<void> {
  const { buffer, catchUp, writer } = parts;
  const idlePause = createIdlePause(signal);
  const leave = catchUp.join(reader.shard.id);
  try {
    while (!signal.aborted && !reader.finished) {
      const request = catchUp.lastRequest;
      const records = await reader.read(readCount);
      buffer.add(reader.shard.id, records);
      if (records.length === 0) catchUp.answer(reader.shard.id, request);
      const isDue = buffer.byteCount >= parts.byteCountMax || buffer.ageMs >= parts.intervalMs;
      if (isDue) await writer.write(buffer.take());
      await idlePause(records.length > 0);
    }
  } finally {
    leave();
  }
}
