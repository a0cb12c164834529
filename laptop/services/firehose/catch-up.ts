/** Lets a caller wait until every shard was read to its end after the call. */
export class CatchUp {
  /** By shard: the number of the last request that a read to the end of the shard has answered. */
  readonly #answeredByShard = new Map<string, number>();
  readonly #checks = new Set<() => void>();
  #requestCount = 0;

  /** The number of the last request. Take it before a read, for `answer`. */
  get lastRequest(): number {
    return this.#requestCount;
  }

  /** From now on requests wait for this shard, until the returned function is called. */
  join(shardId: string): () => void {
    this.#answeredByShard.set(shardId, 0);
    return () => {
      this.#answeredByShard.delete(shardId);
      this.#checkAll();
    };
  }

  /** A read that began after `request` found no more records. */
  answer(shardId: string, request: number): void {
    this.#answeredByShard.set(shardId, request);
    this.#checkAll();
  }

  wait(): Promise<void> {
    this.#requestCount += 1;
    const request = this.#requestCount;
    return new Promise((resolve) => {
      const check = () => {
        if ([...this.#answeredByShard.values()].some((answered) => answered < request)) return;
        this.#checks.delete(check);
        resolve();
      };
      this.#checks.add(check);
      check();
    });
  }

  #checkAll(): void {
    for (const check of this.#checks) check();
  }
}
