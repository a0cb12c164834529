import type { Timers } from "../timers.ts";

/** Work that runs or waits for its time, so that all of it can be stopped. */
export class TrackedWork {
  readonly #timers: Timers;
  readonly #cancels = new Set<() => void>();
  readonly #running = new Set<Promise<void>>();
  #isStopping = false;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  track(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  later(waitMs: number, run: () => Promise<void>): void {
    if (this.#isStopping) return;
    const cancel = this.#timers.after(waitMs, () => {
      this.#cancels.delete(cancel);
      this.track(run());
    });
    this.#cancels.add(cancel);
  }

  /** Cancels what waits, and waits for what runs. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const cancel of this.#cancels) cancel();
    await Promise.allSettled(this.#running);
  }
}
