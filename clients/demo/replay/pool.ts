/**
 * Processes `entries`, at most `concurrency` at a time. Reads each entry only when a worker is free. Rejects with the
 * first error, after the work in progress has ended.
 */
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
