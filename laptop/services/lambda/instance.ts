import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import type { FunctionFault, WorkerInvocation, WorkerMessage, WorkerStart } from "./worker-protocol.ts";

/** What came of one invocation. After `ended` the instance takes no other. */
export interface Outcome {
  readonly payload: string;
  readonly functionError?: "Unhandled";
}

export interface InstanceOptions extends WorkerStart {
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly onLine: (line: string) => void;
}

/** One execution environment of a function: a worker thread that runs one invocation at a time. */
export interface Instance {
  /** Settles when the handler is loaded; undefined, or what the initialisation failed with. */
  readonly initialised: Promise<Outcome | undefined>;
  readonly ended: boolean;
  invoke(invocation: Omit<WorkerInvocation, "deadlineAt">): Promise<Outcome>;
  end(): Promise<void>;
}

/** Lambda gives the initialisation 10 s; a busy laptop that starts many at once needs more patience. */
const initMsMax = 30_000;
const workerEntry = new URL("./worker.ts", import.meta.url);

export function startInstance(options: InstanceOptions): Instance {
  const worker = new Worker(workerEntry, {
    workerData: { taskRoot: options.taskRoot, handler: options.handler } satisfies WorkerStart,
    env: { ...options.environment },
    // Node's own flags (a test runner's loaders) are not the function's.
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: options.memoryMb },
  });
  for (const stream of [worker.stdout, worker.stderr]) createInterface({ input: stream }).on("line", options.onLine);

  const initialisation = Promise.withResolvers<Outcome | undefined>();
  let running: { requestId: string; settle: (outcome: Outcome) => void } | undefined;
  let ended = false;

  const finish = (outcome: Outcome): void => {
    initialisation.resolve(outcome);
    running?.settle(outcome);
    running = undefined;
  };
  const end = async (): Promise<void> => {
    ended = true;
    await worker.terminate();
  };
  const kill = (fault: FunctionFault): void => {
    ended = true;
    // By hand: what the ending worker printed may not arrive any more.
    options.onLine(`${new Date().toISOString()}\t${running?.requestId ?? "init"}\tERROR\t${JSON.stringify(fault)}`);
    finish(failure(fault));
    void worker.terminate();
  };

  worker.on("message", (message: WorkerMessage) => {
    switch (message.type) {
      case "ready":
        return initialisation.resolve(undefined);
      case "done":
        return finish({ payload: message.payload });
      case "failed":
        return finish(failure(message.fault));
      case "init-failed":
      case "crashed":
        return kill(message.fault);
    }
  });
  worker.on("error", (error: NodeJS.ErrnoException) => {
    const outOfMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
    kill(exitFault(running?.requestId, outOfMemory ? "signal: killed (out of memory)" : error.message));
  });
  worker.on("exit", (code) => {
    ended = true;
    finish(failure(exitFault(running?.requestId, `exit status ${code}`)));
  });

  const initTimer = setTimeout(() => kill(timeoutFault("init", initMsMax)), initMsMax);
  void initialisation.promise.then(() => clearTimeout(initTimer));

  return {
    initialised: initialisation.promise,
    get ended() {
      return ended;
    },
    invoke: (invocation) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => kill(timeoutFault(invocation.requestId, options.timeoutMs)), options.timeoutMs);
        running = {
          requestId: invocation.requestId,
          settle: (outcome) => {
            clearTimeout(timer);
            resolve(outcome);
          },
        };
        worker.postMessage({ ...invocation, deadlineAt: Date.now() + options.timeoutMs } satisfies WorkerInvocation);
      }),
    end,
  };
}

function failure(fault: FunctionFault): Outcome {
  return { payload: JSON.stringify(fault), functionError: "Unhandled" };
}

function timeoutFault(requestId: string, timeoutMs: number): FunctionFault {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return {
    errorType: "Sandbox.Timedout",
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  };
}

function exitFault(requestId: string | undefined, how: string): FunctionFault {
  return {
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId ?? "init"} Error: Runtime exited with error: ${how}`,
  };
}
