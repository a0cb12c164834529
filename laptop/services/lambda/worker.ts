import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { isAbsolute, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { FunctionFault, WorkerInvocation, WorkerMessage, WorkerStart } from "./worker-protocol.ts";

type Handler = (event: unknown, context: object) => unknown;

const { taskRoot, handler: handlerName } = workerData as WorkerStart;
const responseBytesMax = 6 * 1024 * 1024;

function post(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

function faultOf(thrown: unknown): FunctionFault {
  if (thrown instanceof Error) {
    return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? "").split("\n") };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

function runtimeFault(errorType: string, errorMessage: string): Error {
  const fault = new Error(errorMessage);
  fault.name = errorType;
  return fault;
}

/** A bundle runs only with what its zip contains: packages of this machine must not hide that one is missing in it. */
function confineImports(): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      const resolved = next(specifier, context);
      if (!resolved.url.startsWith("file:")) return resolved;
      const inside = relative(taskRoot, fileURLToPath(resolved.url));
      if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
        throw runtimeFault("Runtime.ImportModuleError", `Cannot find package '${specifier}' in the function's bundle`);
      }
      return resolved;
    },
  });
}

async function loadHandler(): Promise<Handler> {
  const dot = handlerName.lastIndexOf(".");
  const [stem, exported] = [handlerName.slice(0, dot), handlerName.slice(dot + 1)];
  const path = [".js", ".mjs", ".cjs"].map((extension) => join(taskRoot, stem + extension)).find(existsSync);
  if (!path) throw runtimeFault("Runtime.ImportModuleError", `Error: Cannot find module '${stem}'`);
  const loaded: Record<string, unknown> = await import(pathToFileURL(path).href);
  const defaults = loaded.default as Record<string, unknown> | undefined;
  const handler = loaded[exported] ?? defaults?.[exported];
  if (typeof handler !== "function") {
    throw runtimeFault("Runtime.HandlerNotFound", `${handlerName} is undefined or not exported`);
  }
  if (handler.length >= 3) {
    throw runtimeFault(
      "Runtime.CallbackHandlerDeprecated",
      "AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. Use an async handler.",
    );
  }
  return handler as Handler;
}

function contextOf(invocation: WorkerInvocation): object {
  const { env } = process;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: invocation.functionArn,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    awsRequestId: invocation.requestId,
    ...(invocation.clientContext ? { clientContext: JSON.parse(invocation.clientContext) } : {}),
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadlineAt - Date.now()),
  };
}

async function invoke(handler: Handler, invocation: WorkerInvocation): Promise<void> {
  const { requestId } = invocation;
  try {
    process.env._X_AMZN_TRACE_ID = `Root=1-${requestId.slice(0, 8)}-${requestId.replaceAll("-", "").slice(8)};Sampled=0`;
    const result = await handler(JSON.parse(invocation.payload), contextOf(invocation));
    const payload = JSON.stringify(result) ?? "null";
    if (Buffer.byteLength(payload) > responseBytesMax) {
      throw runtimeFault(
        "Function.ResponseSizeTooLarge",
        `Response payload size exceeded maximum allowed payload size (${responseBytesMax} bytes).`,
      );
    }
    post({ type: "done", requestId, payload });
  } catch (thrown) {
    const fault = faultOf(thrown);
    console.error(`${new Date().toISOString()}\t${requestId}\tERROR\tInvoke Error\t${JSON.stringify(fault)}`);
    post({ type: "failed", requestId, fault });
  }
}

function crash(errorType: string | undefined, thrown: unknown): void {
  const fault = faultOf(thrown);
  const errorMessage = `${fault.errorType}: ${fault.errorMessage}`;
  post({ type: "crashed", fault: errorType ? { ...fault, errorType, errorMessage } : fault });
}

process.on("uncaughtException", (thrown) => crash(undefined, thrown));
process.on("unhandledRejection", (thrown) => crash("Runtime.UnhandledPromiseRejection", thrown));

try {
  confineImports();
  const handler = await loadHandler();
  parentPort?.on("message", (invocation: WorkerInvocation) => void invoke(handler, invocation));
  post({ type: "ready" });
} catch (thrown) {
  post({ type: "init-failed", fault: faultOf(thrown) });
}
