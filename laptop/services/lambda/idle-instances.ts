import type { FunctionInstance } from "./function-instance.ts";

interface IdleInstance {
  readonly instance: FunctionInstance;
  readonly since: number;
}

/** Instances that have nothing to do. The one that was used last is taken first, so that the others can end. */
export class IdleInstances {
  /** Idle for longest first. */
  readonly #idle: IdleInstance[] = [];

  put(instance: FunctionInstance): void {
    this.#idle.push({ instance, since: Date.now() });
  }

  /** It may have ended meanwhile. */
  take(): FunctionInstance | undefined {
    return this.#idle.pop()?.instance;
  }

  /** Takes the instance that has been idle for longest, if that is at least `idleMs`. */
  takeIdleFor(idleMs: number): FunctionInstance | undefined {
    const [longest] = this.#idle;
    if (!longest || Date.now() - longest.since < idleMs) return undefined;
    this.#idle.shift();
    return longest.instance;
  }
}
