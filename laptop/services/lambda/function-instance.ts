import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { exitFault, timeoutFault } from "./faults.ts";
import type { FunctionFault, WorkerInvocation, WorkerMessage, WorkerStart } from "./worker-protocol.ts";

/** The result of one invocation. */
export interface InvocationOutcome {
  readonly payload: string;
  readonly functionError?: "Unhandled";
}

export interface InstanceOptions extends WorkerStart {
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly onLine: (line: string) => void;
}

interface RunningInvocation {
  readonly requestId: string;
  readonly settle: (outcome: InvocationOutcome) => void;
}

/** Lambda gives the initialisation 10 s; a busy laptop that starts many instances at the same time needs more. */
const initMsMax = 30_000;
const workerEntry = new URL("./worker.ts", import.meta.url);

/** One execution environment of a function: a worker thread that runs one invocation at a time. */
export class FunctionInstance {
  readonly #options: InstanceOptions;
  readonly #worker: Worker;
  readonly #initialisation = Promise.withResolvers<InvocationOutcome | undefined>();
  #running: RunningInvocation | undefined;
  #hasEnded = false;

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.#worker = startWorker(options);
    this.#worker.on("message", (message: WorkerMessage) => this.#receive(message));
    this.#worker.on("error", (error: NodeJS.ErrnoException) => {
      const isOutOfMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      const how = isOutOfMemory ? "signal: killed (out of memory)" : error.message;
      this.#kill(exitFault(this.#running?.requestId, how));
    });
    this.#worker.on("exit", (code) => {
      this.#hasEnded = true;
      this.#finish(failure(exitFault(this.#running?.requestId, `exit status ${code}`)));
    });
    const timer = setTimeout(() => this.#kill(timeoutFault("init", initMsMax)), initMsMax);
    void this.initialised.then(() => clearTimeout(timer));
  }

  /** Settles when the handler is loaded: with undefined, or with the failure of the initialisation. */
  get initialised(): Promise<InvocationOutcome | undefined> {
    return this.#initialisation.promise;
  }

  /** True when the instance has ended: it accepts no more invocations. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  invoke(invocation: Omit<WorkerInvocation, "deadlineAt">): Promise<InvocationOutcome> {
    const { requestId } = invocation;
    const { timeoutMs } = this.#options;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#kill(timeoutFault(requestId, timeoutMs)), timeoutMs);
      const settle = (outcome: InvocationOutcome) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      this.#running = { requestId, settle };
      this.#worker.postMessage({ ...invocation, deadlineAt: Date.now() + timeoutMs } satisfies WorkerInvocation);
    });
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    await this.#worker.terminate();
  }

  #receive(message: WorkerMessage): void {
    switch (message.type) {
      case "ready":
        this.#initialisation.resolve(undefined);
        break;
      case "done":
        this.#finish({ payload: message.payload });
        break;
      case "failed":
        this.#finish(failure(message.fault));
        break;
      case "init-failed":
      case "crashed":
        this.#kill(message.fault);
        break;
      default:
        message satisfies never;
    }
  }

  #finish(outcome: InvocationOutcome): void {
    this.#initialisation.resolve(outcome);
    this.#running?.settle(outcome);
    this.#running = undefined;
  }

  #kill(fault: FunctionFault): void {
    this.#hasEnded = true;
    const requestId = this.#running?.requestId ?? "init";
    // The line is written here: what the worker prints while it ends may never arrive.
    this.#options.onLine(`${new Date().toISOString()}\t${requestId}\tERROR\t${JSON.stringify(fault)}`);
    this.#finish(failure(fault));
    void this.#worker.terminate();
  }
}

function startWorker({ taskRoot, handler, environment, memoryMb, onLine }: InstanceOptions): Worker {
  const worker = new Worker(workerEntry, {
    workerData: { taskRoot, handler } satisfies WorkerStart,
    env: { ...environment },
    // The function must not get the flags of this process, such as the loaders of a test runner.
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  for (const stream of [worker.stdout, worker.stderr]) createInterface({ input: stream }).on("line", onLine);
  return worker;
}

function failure(fault: FunctionFault): InvocationOutcome {
  return { payload: JSON.stringify(fault), functionError: "Unhandled" };
}
