import type { FunctionFault } from "./worker-protocol.ts";

export function timeoutFault(requestId: string, timeoutMs: number): FunctionFault {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return {
    errorType: "Sandbox.Timedout",
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  };
}

/** @param requestId of the invocation that ran; undefined while the instance started */
export function exitFault(requestId: string | undefined, how: string): FunctionFault {
  return {
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId ?? "init"} Error: Runtime exited with error: ${how}`,
  };
}
