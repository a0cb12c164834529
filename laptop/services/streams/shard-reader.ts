import { EngineError } from "../wire.ts";
import type { Checkpoints } from "./checkpoints.ts";
import type { Position, RecordStream, Shard, StreamRecord } from "./record-stream.ts";

/** Reads one shard in order. */
export interface ShardReader<Raw> {
  readonly shard: Shard;
  /** True when a closed shard was read to its end. */
  readonly finished: boolean;
  /** Reads the next records; an empty list when there are none yet. */
  read(limit: number): Promise<readonly StreamRecord<Raw>[]>;
}

export function createShardReader<Raw>(options: {
  stream: RecordStream<Raw>;
  shard: Shard;
  start: Position;
}): ShardReader<Raw> {
  const { stream, shard } = options;
  let position = options.start;
  let iterator: string | undefined;
  let finished = false;

  return {
    shard,
    get finished() {
      return finished;
    },
    read: async (limit) => {
      if (finished) return [];
      iterator ??= await stream.iterator(shard.id, position);
      const answer = await stream.read(iterator, limit).catch((error: unknown) => {
        // Iterators expire; the next read gets a new one from the position where the last read ended.
        iterator = undefined;
        if (error instanceof EngineError && expired.has(error.code))
          return { records: [], next: undefined, again: true };
        throw error;
      });
      if ("again" in answer) return [];
      iterator = answer.next;
      finished = answer.next === undefined;
      const oldest = position.type === "since" ? position.at : Number.NEGATIVE_INFINITY;
      const last = answer.records.at(-1);
      // While all records are too old, the next ones may be too old as well: the position stays.
      if (last && last.arrivedAt >= oldest) position = { type: "after", sequenceNumber: last.sequenceNumber };
      return answer.records.filter(({ arrivedAt }) => arrivedAt >= oldest);
    },
  };
}

/** Where a consumer starts in a shard: at its checkpoint, else at its first position, which becomes its checkpoint. */
export function startOf(options: {
  checkpoints: Checkpoints;
  shard: Shard;
  first: Position;
  isFirstList: boolean;
}): Position {
  const stored = options.checkpoints.get(options.shard.id);
  if (stored) return stored;
  // All records of a shard that appeared later are new.
  const start: Position = options.isFirstList ? options.first : { type: "oldest" };
  options.checkpoints.set(options.shard.id, start);
  return start;
}

const expired = new Set(["ExpiredIteratorException", "TrimmedDataAccessException"]);
