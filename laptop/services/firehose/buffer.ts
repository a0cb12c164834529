import type { KinesisRecord } from "../streams/kinesis-stream.ts";
import type { StreamRecord } from "../streams/record-stream.ts";

/** What one object will hold, and how far in each shard it reaches. */
export interface Filled {
  readonly body: Buffer;
  readonly oldestArrivedAt: number;
  readonly lastByShard: ReadonlyMap<string, string>;
}

/** Gathers records of all shards until the object is written. */
export function createBuffer(options: { appendNewline: boolean; now: () => number }) {
  let parts: Buffer[] = [];
  let byteCount = 0;
  let since: number | undefined;
  let oldestArrivedAt = Number.POSITIVE_INFINITY;
  let lastByShard = new Map<string, string>();
  const newline = Buffer.from("\n");

  return {
    get byteCount() {
      return byteCount;
    },
    /** How long the first of its records has waited. */
    get ageMs() {
      return since === undefined ? 0 : options.now() - since;
    },
    add: (shardId: string, records: readonly StreamRecord<KinesisRecord>[]): void => {
      for (const { raw, arrivedAt } of records) {
        const data = Buffer.from(raw.Data, "base64");
        parts.push(data);
        if (options.appendNewline) parts.push(newline);
        byteCount += data.length + (options.appendNewline ? 1 : 0);
        oldestArrivedAt = Math.min(oldestArrivedAt, arrivedAt);
        lastByShard.set(shardId, raw.SequenceNumber);
      }
      if (records.length > 0) since ??= options.now();
    },
    /** Empties it; undefined when there is nothing. */
    take: (): Filled | undefined => {
      if (since === undefined) return undefined;
      const filled = { body: Buffer.concat(parts), oldestArrivedAt, lastByShard };
      [parts, byteCount, since, oldestArrivedAt, lastByShard] = [[], 0, undefined, Number.POSITIVE_INFINITY, new Map()];
      return filled;
    },
  };
}
