import type { Checkpoints } from "./checkpoints.ts";
import { createBackoff, pause } from "./pause.ts";
import type { Position, RecordStream, Shard } from "./record-stream.ts";
import { createShardReader, type ShardReader, startOf } from "./shard-reader.ts";

export interface RunShardsOptions<Raw> {
  readonly stream: RecordStream<Raw>;
  readonly checkpoints: Checkpoints;
  /** For shards without a checkpoint that are there at the start. */
  readonly first: Position;
  /** Works a shard off; returns when the reader is finished or the signal aborts. */
  readonly work: (reader: ShardReader<Raw>, signal: AbortSignal) => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

export interface RunningShards {
  /** Aborts the work and waits for it. */
  stop(): Promise<void>;
}

/** New shards appear when one is split, which a laptop's streams hardly do. */
const listMs = 10_000;

/** Works off all shards of a stream, a child after its parent. Starting positions are fixed when it resolves. */
export async function runShards<Raw>(options: RunShardsOptions<Raw>): Promise<RunningShards> {
  const { stream, checkpoints } = options;
  const controller = new AbortController();
  const { signal } = controller;
  const readers = new Map<string, Promise<void>>();
  const finished = new Set<string>();
  let wake = new AbortController();

  async function workOff(shard: Shard, start: Position): Promise<void> {
    const backoff = createBackoff(signal);
    let position = start;
    while (!signal.aborted) {
      const reader = createShardReader({ stream, shard, start: position });
      try {
        await options.work(reader, signal);
        if (reader.finished) finished.add(shard.id);
        wake.abort();
        return;
      } catch (error) {
        options.onFault(error);
        // What was not checkpointed is read again.
        position = checkpoints.get(shard.id) ?? start;
        await backoff.wait();
      }
    }
  }

  async function startNew(isFirstList: boolean): Promise<void> {
    const shards = await stream.shards();
    const known = new Set(shards.map(({ id }) => id));
    for (const shard of shards) {
      const parentDone = !shard.parentId || finished.has(shard.parentId) || !known.has(shard.parentId);
      if (readers.has(shard.id) || !parentDone) continue;
      const start = startOf({ checkpoints, shard, first: options.first, isFirstList });
      readers.set(shard.id, workOff(shard, start));
    }
  }

  async function watch(): Promise<void> {
    while (!signal.aborted) {
      await pause(listMs, AbortSignal.any([signal, wake.signal]));
      wake = new AbortController();
      if (!signal.aborted) await startNew(false).catch(options.onFault);
    }
  }

  await startNew(true);
  const watching = watch();
  return {
    stop: async () => {
      controller.abort();
      await Promise.all([watching, ...readers.values()]);
    },
  };
}
