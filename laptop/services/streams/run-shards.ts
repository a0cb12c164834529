import type { Checkpoints } from "./checkpoints.ts";
import { createBackoff, pause } from "./pause.ts";
import type { Position, RecordStream, Shard } from "./record-stream.ts";
import { createShardReader, type ShardReader, startOf } from "./shard-reader.ts";

export interface RunShardsOptions<Raw> {
  readonly stream: RecordStream<Raw>;
  readonly checkpoints: Checkpoints;
  /** For the shards without a checkpoint that exist at the start. */
  readonly first: Position;
  /** Processes the records of a shard. Returns when the reader is finished or the signal aborts. */
  readonly work: (reader: ShardReader<Raw>, signal: AbortSignal) => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

export interface RunningShards {
  /** Aborts the work and waits for it. */
  stop(): Promise<void>;
}

/** New shards appear when one is split, which is rare on a laptop. */
const listMs = 10_000;

/** Processes all shards of a stream, a child after its parent. Starting positions are fixed when it resolves. */
export async function runShards<Raw>(options: RunShardsOptions<Raw>): Promise<RunningShards> {
  const runner = new ShardRunner(options);
  await runner.startNewShards(true);
  const watching = runner.watch();
  return {
    stop: async () => {
      await Promise.all([runner.stop(), watching]);
    },
  };
}

class ShardRunner<Raw> {
  readonly #options: RunShardsOptions<Raw>;
  readonly #stopping = new AbortController();
  /** The work of each shard, by shard id. */
  readonly #work = new Map<string, Promise<void>>();
  readonly #finishedIds = new Set<string>();
  /** Aborted to list the shards immediately. */
  #listNow = new AbortController();

  constructor(options: RunShardsOptions<Raw>) {
    this.#options = options;
  }

  async startNewShards(isFirstList: boolean): Promise<void> {
    const { stream, checkpoints, first } = this.#options;
    const shards = await stream.shards();
    const ids = new Set(shards.map(({ id }) => id));
    for (const shard of shards) {
      if (this.#work.has(shard.id) || !this.#isParentDone(shard, ids)) continue;
      const start = startOf({ checkpoints, shard, first, isFirstList });
      this.#work.set(shard.id, this.#workOn(shard, start));
    }
  }

  async watch(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await pause(listMs, AbortSignal.any([signal, this.#listNow.signal]));
      this.#listNow = new AbortController();
      if (!signal.aborted) await this.startNewShards(false).catch(this.#options.onFault);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#work.values());
  }

  #isParentDone({ parentId }: Shard, ids: ReadonlySet<string>): boolean {
    return !parentId || this.#finishedIds.has(parentId) || !ids.has(parentId);
  }

  async #workOn(shard: Shard, start: Position): Promise<void> {
    const { stream, checkpoints, work, onFault } = this.#options;
    const { signal } = this.#stopping;
    const backoff = createBackoff(signal);
    let position = start;
    while (!signal.aborted) {
      const reader = createShardReader({ stream, shard, start: position });
      try {
        await work(reader, signal);
        if (reader.finished) this.#finishedIds.add(shard.id);
        this.#listNow.abort();
        return;
      } catch (error) {
        onFault(error);
        // Records without a checkpoint are read again.
        position = checkpoints.get(shard.id) ?? start;
        await backoff.wait();
      }
    }
  }
}
