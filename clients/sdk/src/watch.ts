/** A value that changes: what `useSyncExternalStore` takes. Work is done only while somebody listens. */
export interface Watch<Value> {
  /** Gives what ends it. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The same object until it changes. */
  readonly getSnapshot: () => Value;
}

export interface WatchSource<Value> extends Watch<Value> {
  set(value: Value): void;
  isWatched(): boolean;
}

/** `start` runs with the first listener, what it gives with the end of the last. */
export function createWatch<Value>(initial: Value, start: () => () => void): WatchSource<Value> {
  const listeners = new Set<() => void>();
  let value = initial;
  let stop: (() => void) | undefined;
  return {
    subscribe: (listener) => {
      // Each subscription is its own, even of a listener that is there already.
      const entry = () => listener();
      listeners.add(entry);
      stop ??= start();
      return () => {
        listeners.delete(entry);
        if (listeners.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
    getSnapshot: () => value,
    isWatched: () => listeners.size > 0,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
  };
}
