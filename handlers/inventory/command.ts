/**
 * The facts of one request that every command carries. They are set when the request is received and do not change
 * while it is retried inside the function. `requestId` is new when a client sends the request again. `actor` is the
 * token's subject, or the worker's name.
 */
export interface CommandContext {
  readonly requestId: string;
  readonly actor: string;
  /** When the request was received, in epoch milliseconds. The deadline counts from this instant. */
  readonly receivedAtMs: number;
  /** Absent for commands that are idempotent without a key (PUT, PATCH, DELETE, workers). */
  readonly idempotency?: Idempotency;
}

/** An Idempotency-Key with its scope (client, subject, method and path) and the hash of the parsed body. */
export interface Idempotency {
  readonly client: string;
  readonly subject: string;
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly bodyHash: string;
}
