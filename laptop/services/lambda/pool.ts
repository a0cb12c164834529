import type { FunctionInstance, InvocationOutcome } from "./function-instance.ts";
import { IdleInstances } from "./idle-instances.ts";
import { LambdaError } from "./lambda-service.ts";
import type { WorkerInvocation } from "./worker-protocol.ts";

type PoolRequest = Omit<WorkerInvocation, "deadlineAt">;

export interface PoolOptions {
  readonly start: () => FunctionInstance;
  /** The most instances at the same time. More invocations wait for one of them. */
  readonly instanceCountMax: number;
  /** The most invocations at the same time, including those that wait. More are refused. */
  readonly reservedConcurrency?: number;
}

interface WaitingRequest {
  readonly request: PoolRequest;
  readonly since: number;
  readonly settle: (outcome: InvocationOutcome) => void;
}

const growCheckMs = 10;
const waitingCountMax = 10_000;
const idleCheckMs = 10_000;
const idleMsMax = 60_000;
/** The last instance stays longer, so that a function that is called now and then starts fast. */
const lastIdleMsMax = 600_000;

/** The answer to an invocation that still waits when its function ends. */
const notRun: InvocationOutcome = {
  payload: JSON.stringify({
    errorType: "Runtime.ExitError",
    errorMessage: "Error: the function was ended before it ran",
  }),
  functionError: "Unhandled",
};

/** The execution environments of one function. */
export class Pool {
  readonly #options: PoolOptions;
  /** All instances: those that start, run or are idle. */
  readonly #instances = new Set<FunctionInstance>();
  readonly #idle = new IdleInstances();
  readonly #waiting: WaitingRequest[] = [];
  readonly #onQuiet = new Set<() => void>();
  readonly #idleTimer: NodeJS.Timeout;
  #growTimer: NodeJS.Timeout | undefined;
  #runningCount = 0;
  #startingCount = 0;
  /** How long the last start took, and when it ended. */
  #lastStart = { tookMs: Number.POSITIVE_INFINITY, endedAt: 0 };
  #isDraining = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#idleTimer = setInterval(() => this.#endIdle(), idleCheckMs);
    this.#idleTimer.unref();
  }

  /** @throws LambdaError when more invocations run or wait than the function may have */
  async run(request: PoolRequest): Promise<InvocationOutcome> {
    const reserved = this.#options.reservedConcurrency ?? Number.POSITIVE_INFINITY;
    const count = this.#runningCount + this.#waiting.length;
    if (this.#isDraining || count >= Math.min(reserved, waitingCountMax)) {
      throw new LambdaError("TooManyRequestsException", "Rate Exceeded.");
    }
    return new Promise((settle) => {
      const instance = this.#takeIdle();
      if (instance) return void this.#serve(instance, { request, settle });
      this.#waiting.push({ request, settle, since: Date.now() });
      this.#grow();
    });
  }

  /** Starts an instance; gives the failure of its initialisation, if it failed. */
  async warm(): Promise<InvocationOutcome | undefined> {
    const startedAt = Date.now();
    const instance = this.#options.start();
    this.#instances.add(instance);
    this.#startingCount += 1;
    const fault = await instance.initialised;
    this.#startingCount -= 1;
    const endedAt = Date.now();
    if (!fault) this.#lastStart = { tookMs: endedAt - startedAt, endedAt };
    // A failed initialisation is the answer to one of the waiting invocations, as on Lambda.
    if (fault) this.#waiting.shift()?.settle(fault);
    this.#give(instance);
    return fault;
  }

  /** Waits for running and waiting invocations, at most `waitMs`, then ends all instances. */
  async drain(waitMs: number): Promise<void> {
    this.#isDraining = true;
    clearInterval(this.#idleTimer);
    if (!this.#isQuiet()) await this.#quietWithin(waitMs);
    clearTimeout(this.#growTimer);
    for (const { settle } of this.#waiting.splice(0)) settle(notRun);
    await Promise.all([...this.#instances].map((instance) => instance.end()));
  }

  async #serve(instance: FunctionInstance, { request, settle }: Omit<WaitingRequest, "since">): Promise<void> {
    this.#runningCount += 1;
    const outcome = await instance.invoke(request);
    this.#runningCount -= 1;
    settle(outcome);
    this.#give(instance);
  }

  /** Gives an instance that has become free its next invocation. */
  #give(instance: FunctionInstance): void {
    if (instance.hasEnded) {
      this.#instances.delete(instance);
      this.#grow();
    } else {
      const next = this.#waiting.shift();
      if (next) void this.#serve(instance, next);
      else this.#idle.put(instance);
    }
    if (this.#isQuiet()) for (const resolve of this.#onQuiet) resolve();
  }

  #takeIdle(): FunctionInstance | undefined {
    for (let instance = this.#idle.take(); instance; instance = this.#idle.take()) {
      if (!instance.hasEnded) return instance;
      this.#instances.delete(instance);
    }
    return undefined;
  }

  #endIdle(): void {
    const idleMs = () => (this.#instances.size === 1 ? lastIdleMsMax : idleMsMax);
    for (let instance = this.#idle.takeIdleFor(idleMs()); instance; instance = this.#idle.takeIdleFor(idleMs())) {
      this.#instances.delete(instance);
      void instance.end();
    }
  }

  /**
   * Starts an instance when an invocation has waited, since the last start, for longer than a start takes. Before that,
   * an instance probably becomes free sooner. Starts are what slows a busy machine down most, so a busy machine gets
   * few.
   */
  #grow(): void {
    const [longest] = this.#waiting;
    if (!longest) return;
    const waitedMs = Date.now() - Math.max(longest.since, this.#lastStart.endedAt);
    const count = this.#instances.size;
    const isDue = count === 0 || (this.#startingCount === 0 && waitedMs >= this.#lastStart.tookMs);
    if (isDue && count < this.#options.instanceCountMax) void this.warm();
    this.#growTimer ??= setTimeout(() => {
      this.#growTimer = undefined;
      this.#grow();
    }, growCheckMs);
  }

  #isQuiet(): boolean {
    return this.#runningCount === 0 && this.#waiting.length === 0;
  }

  async #quietWithin(waitMs: number): Promise<void> {
    const quiet = Promise.withResolvers<void>();
    this.#onQuiet.add(quiet.resolve);
    const timer = setTimeout(quiet.resolve, waitMs);
    await quiet.promise;
    clearTimeout(timer);
  }
}
