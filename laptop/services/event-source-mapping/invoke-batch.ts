import type { Json } from "../event-pattern.ts";
import { type InvocationResult, LambdaError, type LambdaService } from "../lambda/lambda-service.ts";
import { createBackoff } from "../streams/pause.ts";

export type InvokeBatch = (records: readonly Json[], signal: AbortSignal) => Promise<InvocationResult | "stopped">;

/** Invokes the function of a mapping. Waits while the function is throttled or does not exist: that is no attempt. */
export function createInvokeBatch(options: {
  lambda: Pick<LambdaService, "invoke">;
  functionName: string;
  log: (line: string) => void;
}): InvokeBatch {
  return async (records, signal) => {
    const payload = JSON.stringify({ Records: records });
    const backoff = createBackoff(signal);
    while (!signal.aborted) {
      try {
        return await options.lambda.invoke({ function: options.functionName, payload });
      } catch (error) {
        if (!(error instanceof LambdaError)) throw error;
        if (error.code !== "TooManyRequestsException") options.log(`cannot invoke: ${error.message}`);
        await backoff.wait();
      }
    }
    return "stopped";
  };
}
