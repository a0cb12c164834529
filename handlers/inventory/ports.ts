/** What code needs beside its inputs. Tests bind these types to their own; each function binds them in one file. */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Clock = () => number;

/** Returns a new unique id in the contract's alphabet, sortable by time (UUID version 7). */
export type Ids = () => string;

/** Returns a random number, uniform in [0, 1). */
export type Random = () => number;

/** Resolves after `waitMs` milliseconds, or as soon as `signal` aborts. */
export type Wait = (waitMs: number, signal?: AbortSignal) => Promise<void>;
