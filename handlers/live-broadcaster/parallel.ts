/**
 * Processes all entries, at most `countMax` concurrently. Throws the first failure after all running work has ended.
 */
export async function inParallel<Entry>(
  entries: readonly Entry[],
  countMax: number,
  work: (entry: Entry) => Promise<void>,
): Promise<void> {
  const rest = entries.values();
  const results = await Promise.allSettled(
    Array.from({ length: Math.min(countMax, entries.length) }, async () => {
      for (const entry of rest) await work(entry);
    }),
  );
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
