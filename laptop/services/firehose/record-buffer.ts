import type { KinesisRecord } from "../streams/kinesis-stream.ts";
import type { StreamRecord } from "../streams/record-stream.ts";

/** The content of one object. */
export interface ObjectContent {
  readonly body: Buffer;
  readonly oldestArrivedAt: number;
  /** Sequence number of the last record of each shard. */
  readonly lastByShard: ReadonlyMap<string, string>;
}

const newline = Buffer.from("\n");

/** Collects records of all shards until their object is written. */
export class RecordBuffer {
  readonly #appendNewline: boolean;
  readonly #now: () => number;
  #parts: Buffer[] = [];
  #byteCount = 0;
  #firstAddedAt: number | undefined;
  #oldestArrivedAt = Number.POSITIVE_INFINITY;
  #lastByShard = new Map<string, string>();

  constructor(options: { readonly appendNewline: boolean; readonly now: () => number }) {
    this.#appendNewline = options.appendNewline;
    this.#now = options.now;
  }

  get byteCount(): number {
    return this.#byteCount;
  }

  /** How long the first record has waited. */
  get ageMs(): number {
    return this.#firstAddedAt === undefined ? 0 : this.#now() - this.#firstAddedAt;
  }

  add(shardId: string, records: readonly StreamRecord<KinesisRecord>[]): void {
    for (const { raw, arrivedAt } of records) {
      this.#addBytes(Buffer.from(raw.Data, "base64"));
      if (this.#appendNewline) this.#addBytes(newline);
      this.#oldestArrivedAt = Math.min(this.#oldestArrivedAt, arrivedAt);
      this.#lastByShard.set(shardId, raw.SequenceNumber);
    }
    if (records.length > 0) this.#firstAddedAt ??= this.#now();
  }

  /** Returns the content and empties the buffer. Returns undefined when there is no record. */
  take(): ObjectContent | undefined {
    if (this.#firstAddedAt === undefined) return undefined;
    const body = Buffer.concat(this.#parts);
    const content = { body, oldestArrivedAt: this.#oldestArrivedAt, lastByShard: this.#lastByShard };
    this.#parts = [];
    this.#byteCount = 0;
    this.#firstAddedAt = undefined;
    this.#oldestArrivedAt = Number.POSITIVE_INFINITY;
    this.#lastByShard = new Map();
    return content;
  }

  #addBytes(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#byteCount += bytes.length;
  }
}
