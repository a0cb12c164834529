import type { Instance, Outcome } from "./instance.ts";
import { LambdaError } from "./lambda-service.ts";
import type { WorkerInvocation } from "./worker-protocol.ts";

type Request = Omit<WorkerInvocation, "deadlineAt">;

export interface PoolOptions {
  readonly start: () => Instance;
  /** Instances at once; more invocations wait for one of them. */
  readonly instanceCountMax: number;
  /** Invocations at once, waiting ones included; more are refused. */
  readonly reservedConcurrency?: number;
}

/** The execution environments of one function. */
export interface Pool {
  readonly instanceCount: number;
  run(request: Request): Promise<Outcome>;
  /** Starts an instance ahead of the first invocation; gives what its initialisation failed with. */
  warm(): Promise<Outcome | undefined>;
  /** Waits for what runs, at most `waitMs`, then ends all instances. */
  drain(waitMs: number): Promise<void>;
}

const growCheckMs = 10;
const waitingCountMax = 10_000;
const idleCheckMs = 10_000;
const idleMsMax = 60_000;
/** The last instance stays longer, as a function that is called now and then is kept warm. */
const lastIdleMsMax = 600_000;

/** The answer to what still waits when its function ends. */
const notRun: Outcome = {
  payload: JSON.stringify({
    errorType: "Runtime.ExitError",
    errorMessage: "Error: the function was ended before it ran",
  }),
  functionError: "Unhandled",
};

interface Waiting {
  readonly request: Request;
  readonly since: number;
  readonly settle: (outcome: Outcome) => void;
}

export function createPool(options: PoolOptions): Pool {
  const instances = new Set<Instance>();
  const idle: { instance: Instance; since: number }[] = [];
  const waiting: Waiting[] = [];
  let runningCount = 0;
  let startingCount = 0;
  /** How long the last start took, and when it ended. */
  let lastStart = { tookMs: Number.POSITIVE_INFINITY, endedAt: 0 };
  let draining = false;
  const onQuiet = new Set<() => void>();
  let growTimer: NodeJS.Timeout | undefined;

  const idleTimer = setInterval(endIdle, idleCheckMs);
  idleTimer.unref();

  function endIdle(): void {
    for (let [longest] = idle; longest; [longest] = idle) {
      const keptMs = instances.size === 1 ? lastIdleMsMax : idleMsMax;
      if (Date.now() - longest.since < keptMs) return;
      idle.shift();
      instances.delete(longest.instance);
      void longest.instance.end();
    }
  }

  function takeIdle(): Instance | undefined {
    for (;;) {
      const taken = idle.pop();
      if (!taken) return undefined;
      if (!taken.instance.ended) return taken.instance;
      instances.delete(taken.instance);
    }
  }

  function give(instance: Instance): void {
    if (instance.ended) {
      instances.delete(instance);
      grow();
    } else {
      const next = waiting.shift();
      if (next) void serve(instance, next);
      else idle.push({ instance, since: Date.now() });
    }
    if (runningCount === 0 && waiting.length === 0) for (const tell of onQuiet) tell();
  }

  async function serve(instance: Instance, { request, settle }: Pick<Waiting, "request" | "settle">): Promise<void> {
    runningCount += 1;
    const outcome = await instance.invoke(request);
    runningCount -= 1;
    settle(outcome);
    give(instance);
  }

  /**
   * Starts an instance when an invocation waited longer, since the last one was there, than a start takes: before that,
   * one that comes free is sooner. Starts are what slows down a busy machine most, so the busier, the fewer.
   */
  function grow(): void {
    const [longest] = waiting;
    if (!longest) return;
    const waitedMs = Date.now() - Math.max(longest.since, lastStart.endedAt);
    const isDue = instances.size === 0 || (startingCount === 0 && waitedMs >= lastStart.tookMs);
    if (isDue && instances.size < options.instanceCountMax) void startOne();
    growTimer ??= setTimeout(() => {
      growTimer = undefined;
      grow();
    }, growCheckMs);
  }

  async function startOne(): Promise<Outcome | undefined> {
    const startedAt = Date.now();
    const instance = options.start();
    instances.add(instance);
    startingCount += 1;
    const fault = await instance.initialised;
    startingCount -= 1;
    const endedAt = Date.now();
    if (!fault) lastStart = { tookMs: endedAt - startedAt, endedAt };
    // A failed initialisation is the answer to one of those that wait, as on Lambda.
    if (fault) waiting.shift()?.settle(fault);
    give(instance);
    return fault;
  }

  return {
    get instanceCount() {
      return instances.size;
    },
    run: (request) => {
      const reserved = options.reservedConcurrency ?? Number.POSITIVE_INFINITY;
      if (draining || runningCount + waiting.length >= Math.min(reserved, waitingCountMax)) {
        return Promise.reject(new LambdaError("TooManyRequestsException", "Rate Exceeded."));
      }
      return new Promise((settle) => {
        const instance = takeIdle();
        if (instance) return void serve(instance, { request, settle });
        waiting.push({ request, settle, since: Date.now() });
        grow();
      });
    },
    warm: startOne,
    drain: async (waitMs) => {
      draining = true;
      clearInterval(idleTimer);
      if (runningCount > 0 || waiting.length > 0) await quietWithin(waitMs);
      clearTimeout(growTimer);
      for (const { settle } of waiting.splice(0)) settle(notRun);
      await Promise.all([...instances].map((instance) => instance.end()));
    },
  };

  async function quietWithin(waitMs: number): Promise<void> {
    const quiet = Promise.withResolvers<void>();
    onQuiet.add(quiet.resolve);
    const timer = setTimeout(quiet.resolve, waitMs);
    await quiet.promise;
    clearTimeout(timer);
  }
}
