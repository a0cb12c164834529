/** Works on `entries` with so many at once, taking each only when a place is free; the first error ends it. */
export async function forEachConcurrently<Entry>(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  concurrency: number,
  work: (entry: Entry) => Promise<void>,
): Promise<void> {
  const iterator = Symbol.asyncIterator in entries ? entries[Symbol.asyncIterator]() : entries[Symbol.iterator]();
  let failed = false;
  const worker = async (): Promise<void> => {
    while (!failed) {
      const next = await iterator.next();
      if (next.done === true) return;
      await work(next.value);
    }
  };
  const workers = Array.from({ length: concurrency }, () =>
    worker().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  const results = await Promise.allSettled(workers);
  await iterator.return?.();
  const failure = results.find((result) => result.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}
