/** What code may need from the world beside its inputs; bound to the real ones in one file per function. */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Clock = () => number;

/** A new unique id of the contract's alphabet, sortable by time (UUID version 7). */
export type Ids = () => string;

/** Uniform in [0, 1). */
export type Random = () => number;

/** Resolves after `waitMs` milliseconds, or as soon as `signal` aborts. */
export type Wait = (waitMs: number, signal?: AbortSignal) => Promise<void>;
