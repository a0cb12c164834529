/** A value that changes, in the form that `useSyncExternalStore` needs. It does work only while it has a listener. */
export interface Watch<Value> {
  /** Returns a function that removes the listener. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Returns the same object until it changes. */
  readonly getSnapshot: () => Value;
}

export interface WatchSource<Value> extends Watch<Value> {
  set(value: Value): void;
  isWatched(): boolean;
}

/** Creates a watch. Calls `start` for the first listener, and the function that it returns after the last one. */
export function createWatch<Value>(initial: Value, start: () => () => void): WatchSource<Value> {
  const listeners = new Set<() => void>();
  let value = initial;
  let stop: (() => void) | undefined;
  return {
    subscribe: (listener) => {
      // Each subscription is separate, even if the same listener subscribes twice.
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
