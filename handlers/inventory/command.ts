/**
 * Facts of one request that every command carries; fixed when the request is received and equal in every retry.
 * `requestId` is of this attempt; `actor` is the token's subject, or the worker's name.
 */
export interface CommandContext {
  readonly requestId: string;
  readonly actor: string;
  /** When the request was received, in epoch milliseconds: the deadline counts from here. */
  readonly receivedAtMs: number;
  /** Absent for commands that are idempotent by themselves (PUT, PATCH, DELETE, workers). */
  readonly idempotency?: Idempotency;
}

/** A key belongs to client, subject, method and path; the hash covers the parsed body. */
export interface Idempotency {
  readonly client: string;
  readonly subject: string;
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly bodyHash: string;
}
