/** Buckets grow by a tenth: a percentile is right to 10 %, and a histogram is a hundred counters at most. */
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

  /** Buckets with their counts, to keep. */
  entries(): IterableIterator<[bucket: number, count: number]> {
    return this.#counts.entries();
  }

  /** The smallest bucket's upper edge below which `share` of the values lie. */
  percentileMs(share: number): number {
    let seen = 0;
    for (const [bucket, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= share * this.count) return upperMs(bucket);
    }
    return 0;
  }
}
