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
  /** @default 60000 */
  readonly idleMsMax?: number;
}

/** The execution environments of one function. */
export interface Pool {
  readonly instanceCount: number;
  run(request: Request): Promise<Outcome>;
  /** Waits for what runs, at most `waitMs`, then ends all instances. */
  drain(waitMs: number): Promise<void>;
}

/** A waiting invocation gets an instance of its own when none came free in this time: most do within it. */
const growAfterMs = 10;
const waitingCountMax = 10_000;
const idleCheckMs = 10_000;

interface Waiting {
  readonly request: Request;
  readonly settle: (outcome: Outcome) => void;
}

export function createPool(options: PoolOptions): Pool {
  const instances = new Set<Instance>();
  const idle: { instance: Instance; since: number }[] = [];
  const waiting: Waiting[] = [];
  let runningCount = 0;
  let startingCount = 0;
  let draining = false;
  let onQuiet: (() => void) | undefined;
  let growTimer: NodeJS.Timeout | undefined;

  const idleTimer = setInterval(endIdle, idleCheckMs);
  idleTimer.unref();

  function endIdle(): void {
    const oldest = Date.now() - (options.idleMsMax ?? 60_000);
    while (idle[0] && idle[0].since <= oldest) {
      const { instance } = idle.shift() as { instance: Instance };
      instances.delete(instance);
      void instance.end();
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
    if (runningCount === 0 && waiting.length === 0) onQuiet?.();
  }

  async function serve(instance: Instance, { request, settle }: Waiting): Promise<void> {
    runningCount += 1;
    const outcome = await instance.invoke(request);
    runningCount -= 1;
    settle(outcome);
    give(instance);
  }

  /** Starts as many instances as wait for one, within the bound. */
  function grow(): void {
    while (waiting.length > startingCount && instances.size < options.instanceCountMax) void startOne();
  }

  async function startOne(): Promise<void> {
    const instance = options.start();
    instances.add(instance);
    startingCount += 1;
    const fault = await instance.initialised;
    startingCount -= 1;
    // A failed initialisation is the answer to one of those that wait, as on Lambda.
    if (fault) waiting.shift()?.settle(fault);
    give(instance);
  }

  function growSoon(): void {
    if (instances.size === 0) {
      grow();
      return;
    }
    growTimer ??= setTimeout(() => {
      growTimer = undefined;
      grow();
    }, growAfterMs);
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
        waiting.push({ request, settle });
        growSoon();
      });
    },
    drain: async (waitMs) => {
      draining = true;
      clearInterval(idleTimer);
      if (runningCount > 0 || waiting.length > 0) await quietWithin(waitMs);
      clearTimeout(growTimer);
      await Promise.all([...instances].map((instance) => instance.end()));
    },
  };

  async function quietWithin(waitMs: number): Promise<void> {
    const quiet = Promise.withResolvers<void>();
    onQuiet = quiet.resolve;
    const timer = setTimeout(quiet.resolve, waitMs);
    await quiet.promise;
    clearTimeout(timer);
  }
}
