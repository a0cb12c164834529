import type { Json } from "../event-pattern.ts";
import type { Checkpoints } from "../streams/checkpoints.ts";
import { createIdlePause } from "../streams/pause.ts";
import type { StreamRecord } from "../streams/record-stream.ts";
import type { ShardReader } from "../streams/shard-reader.ts";
import { StreamBatch, type StreamBatchOptions } from "./stream-batch.ts";

export interface ShardPollerOptions<Raw> extends Omit<StreamBatchOptions<Raw>, "done"> {
  readonly checkpoints: Checkpoints;
  readonly passesFilter: (record: Json) => boolean;
}

const defaultBatchSize = 100;
/** An event has 6 MB at most. Only records are counted, so some room is left for what the event adds to them. */
const batchBytesMax = 5 * 1024 * 1024;

/** Feeds a function from one shard. */
export class ShardPoller<Raw> {
  readonly #options: ShardPollerOptions<Raw>;
  readonly #reader: ShardReader<Raw>;
  readonly #signal: AbortSignal;
  readonly #batchSize: number;
  /** Records that wait until their batch is full or its window has passed. */
  #pending: StreamRecord<Raw>[] = [];
  #pendingSince = 0;

  constructor(options: ShardPollerOptions<Raw>, reader: ShardReader<Raw>, signal: AbortSignal) {
    this.#options = options;
    this.#reader = reader;
    this.#signal = signal;
    this.#batchSize = options.mapping.batchSize ?? defaultBatchSize;
  }

  /** Resolves when the shard is read to its end, or when stopped. */
  async poll(): Promise<void> {
    const idlePause = createIdlePause(this.#signal);
    while (!this.#signal.aborted) {
      const read = await this.#reader.read(this.#batchSize - this.#pending.length);
      this.#add(read);
      if (this.#isDue()) {
        await this.#workOnPending();
        if (this.#signal.aborted) return;
      }
      const last = read.at(-1);
      // Records that the filter rejects are done too, once no record before them waits.
      if (last && this.#pending.length === 0) this.#markDone(last.sequenceNumber);
      if (this.#reader.finished && this.#pending.length === 0) return;
      await idlePause(read.length > 0);
    }
  }

  #add(read: readonly StreamRecord<Raw>[]): void {
    const { mapping, source, timers, passesFilter } = this.#options;
    if (this.#pending.length === 0) this.#pendingSince = timers.now();
    const hasFilter = (mapping.filterPatterns?.length ?? 0) > 0;
    this.#pending.push(...(hasFilter ? read.filter((record) => passesFilter(source.toFiltered(record))) : read));
  }

  #isDue(): boolean {
    if (this.#pending.length === 0) return false;
    const { mapping, timers } = this.#options;
    const windowMs = (mapping.maximumBatchingWindowSeconds ?? 0) * 1000;
    const isFull = this.#pending.length >= this.#batchSize;
    return isFull || timers.now() - this.#pendingSince >= windowMs || this.#reader.finished;
  }

  async #workOnPending(): Promise<void> {
    const options = { ...this.#options, done: (sequenceNumber: string) => this.#markDone(sequenceNumber) };
    const shardId = this.#reader.shard.id;
    for (const records of bySize(this.#pending)) {
      await new StreamBatch(options, { shardId, records, signal: this.#signal }).work();
    }
    this.#pending = [];
  }

  #markDone(sequenceNumber: string): void {
    this.#options.checkpoints.set(this.#reader.shard.id, { type: "after", sequenceNumber });
  }
}

/** Divides records so that no part is larger than an event may be. */
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
