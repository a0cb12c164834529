/** A record of a shard. `raw` has the names of the service's API. */
export interface StreamRecord<Raw> {
  readonly sequenceNumber: string;
  /** The latest time at which the service can have received it, in milliseconds since the epoch. */
  readonly arrivedAt: number;
  readonly raw: Raw;
}

export interface Shard {
  readonly id: string;
  readonly parentId?: string;
}

/** Where reading starts in a shard. */
export type Position =
  | { readonly type: "oldest" }
  | { readonly type: "after"; readonly sequenceNumber: string }
  /**
   * From this instant on, in milliseconds since the epoch. It also replaces LATEST, so that a restart loses nothing.
   */
  | { readonly type: "since"; readonly at: number };

/** A Kinesis stream or a table's stream. */
export interface RecordStream<Raw> {
  readonly arn: string;
  shards(): Promise<readonly Shard[]>;
  iterator(shardId: string, position: Position): Promise<string>;
  /** `next` is undefined at the end of a closed shard. */
  read(
    iterator: string,
    limit: number,
  ): Promise<{ readonly records: readonly StreamRecord<Raw>[]; readonly next?: string }>;
}
