/** Each bucket is 10 % wider than the one before: percentiles are accurate to 10 %, with about a hundred counters. */
const growth = Math.log(1.1);

export const bucketOf = (valueMs: number): number => Math.max(0, Math.ceil(Math.log(Math.max(valueMs, 1)) / growth));
const upperMs = (bucket: number): number => Math.exp(bucket * growth);

/** Counts by latency, in memory bounded by the largest latency. */
export class Histogram {
  readonly #counts = new Map<number, number>();
  count = 0;

  add(valueMs: number): void {
    this.addBucket(bucketOf(valueMs), 1);
  }

  addBucket(bucket: number, count: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.count += count;
  }

  /** Returns buckets with their counts, for storage. */
  entries(): IterableIterator<[bucket: number, count: number]> {
    return this.#counts.entries();
  }

  /** Returns the upper edge of the smallest bucket such that at least `share` of the values are below that edge. */
  percentileMs(share: number): number {
    let seen = 0;
    for (const [bucket, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= share * this.count) return upperMs(bucket);
    }
    return 0;
  }
}
