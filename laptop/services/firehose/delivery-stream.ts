import { gzipSync } from "node:zlib";
import { parseArn } from "../arn.ts";
import type { EngineEndpoints } from "../context.ts";
import type { Checkpoints } from "../streams/checkpoints.ts";
import { type KinesisRecord, kinesisStream } from "../streams/kinesis-stream.ts";
import { createBackoff, createIdlePause } from "../streams/pause.ts";
import { runShards } from "../streams/run-shards.ts";
import type { ShardReader } from "../streams/shard-reader.ts";
import type { Timers } from "../timers.ts";
import { putObject } from "../wire.ts";
import { createBuffer, type Filled } from "./buffer.ts";
import { createCatchUp } from "./catch-up.ts";
import type { DeliveryStreamOptions } from "./firehose-service.ts";
import { objectName } from "./object-name.ts";

export interface DeliveryStream {
  /** Reads what the source holds by now and writes it. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

const readCount = 1_000;
const megabyte = 1024 * 1024;

/** Moves one Kinesis stream's records into objects. How far it came is noted once their object is written. */
export async function startDeliveryStream(options: {
  readonly delivery: DeliveryStreamOptions;
  readonly endpoints: EngineEndpoints;
  readonly checkpoints: Checkpoints;
  readonly timers: Timers;
  readonly log: (line: string) => void;
}): Promise<DeliveryStream> {
  const { delivery, endpoints, checkpoints, timers, log } = options;
  const { destination } = delivery;
  const intervalMs = (destination.bufferingIntervalSeconds ?? 300) * 1000;
  const byteCountMax = (destination.bufferingSizeMegabytes ?? 5) * megabyte;
  const isGzip = destination.compressionFormat === "GZIP";
  const buffer = createBuffer({ appendNewline: destination.appendNewline ?? false, now: timers.now });
  const catchUp = createCatchUp();
  const stopping = new AbortController();
  let writing: Promise<void> = Promise.resolve();

  /** Objects are written one after another, so that positions never go back. */
  function write(): Promise<void> {
    const filled = buffer.take();
    if (filled) writing = writing.then(() => deliver(filled));
    return writing;
  }

  async function deliver(filled: Filled): Promise<void> {
    const name = {
      streamName: delivery.name,
      prefix: destination.prefix ?? "",
      extension: destination.fileExtension ?? (isGzip ? ".gz" : ""),
      timezone: destination.customTimeZone ?? "UTC",
    };
    const object = {
      endpoint: endpoints.s3,
      bucket: parseArn(destination.bucketArn).resource,
      key: objectName(name, new Date(filled.oldestArrivedAt)),
      body: isGzip ? gzipSync(filled.body) : filled.body,
      contentType: "application/octet-stream",
    };
    const backoff = createBackoff(stopping.signal);
    for (;;) {
      try {
        await putObject(object);
        break;
      } catch (error) {
        log(`cannot write ${object.key}: ${String(error)}`);
        // What is not written is read again after the next start.
        if (stopping.signal.aborted) return;
        await backoff.wait();
      }
    }
    for (const [shardId, sequenceNumber] of filled.lastByShard)
      checkpoints.set(shardId, { type: "after", sequenceNumber });
  }

  async function work(reader: ShardReader<KinesisRecord>, signal: AbortSignal): Promise<void> {
    const idlePause = createIdlePause(signal);
    const leave = catchUp.join(reader.shard.id);
    try {
      while (!signal.aborted && !reader.finished) {
        const asked = catchUp.asked();
        const records = await reader.read(readCount);
        buffer.add(reader.shard.id, records);
        if (records.length === 0) catchUp.reached(reader.shard.id, asked);
        if (buffer.byteCount >= byteCountMax || buffer.ageMs >= intervalMs) await write();
        await idlePause(records.length > 0);
      }
    } finally {
      leave();
    }
  }

  const running = await runShards({
    stream: kinesisStream({ endpoint: endpoints.kinesis, streamArn: delivery.source.kinesisStreamArn }),
    checkpoints,
    first: { type: "oldest" },
    work,
    onFault: (error) => log(`reading failed: ${String(error)}`),
  });

  return {
    flush: async () => {
      await catchUp.wait();
      await write();
    },
    stop: async () => {
      stopping.abort();
      await running.stop();
      await writing;
    },
  };
}
