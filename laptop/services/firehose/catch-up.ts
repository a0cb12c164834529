/** Lets somebody wait until every shard was read to its end once more. */
export function createCatchUp() {
  const reachedBy = new Map<string, number>();
  const waiting = new Set<() => void>();
  let asked = 0;

  function settle(): void {
    for (const check of waiting) check();
  }

  return {
    /** A shard's reader takes part until it calls what this returns. */
    join: (shardId: string): (() => void) => {
      reachedBy.set(shardId, 0);
      return () => {
        reachedBy.delete(shardId);
        settle();
      };
    },
    /** To be taken before a read. */
    asked: (): number => asked,
    /** A read that began at `seen` found nothing more. */
    reached: (shardId: string, seen: number): void => {
      reachedBy.set(shardId, seen);
      settle();
    },
    wait: (): Promise<void> => {
      asked += 1;
      const wanted = asked;
      return new Promise((resolve) => {
        const check = () => {
          if ([...reachedBy.values()].some((seen) => seen < wanted)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      });
    },
  };
}
