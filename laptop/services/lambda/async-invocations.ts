import { functionNameOf } from "../arn.ts";
import type { Deliver } from "../delivery.ts";
import type { Timers } from "../timers.ts";
import type { InvocationResult, InvokeConfigOptions } from "./lambda-service.ts";

export interface AsyncInvocation {
  readonly functionName: string;
  readonly functionArn: string;
  readonly requestId: string;
  readonly payload: string;
  readonly deadLetterArn?: string;
}

/** Lambda waits one minute before the first retry and two before the second. */
const retryWaitsMs = [60_000, 120_000] as const;
const throttledWaitMs = 1_000;
const eventAgeSecondsMax = 21_600;

/** Invocations of type Event: retried, then handed to the function's destination or dead-letter queue. */
export function createAsyncInvocations(options: {
  readonly timers: Timers;
  readonly invoke: (invocation: AsyncInvocation) => Promise<InvocationResult | "throttled">;
  readonly deliver: Deliver;
  readonly onProblem: (functionName: string, problem: string) => void;
}) {
  const configs = new Map<string, InvokeConfigOptions>();
  const waits = new Set<() => void>();
  const running = new Set<Promise<void>>();
  let stopping = false;

  function track(work: Promise<void>): void {
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  function later(waitMs: number, run: () => Promise<void>): void {
    if (stopping) return;
    const cancel = options.timers.after(waitMs, () => {
      waits.delete(cancel);
      track(run());
    });
    waits.add(cancel);
  }

  async function attempt(invocation: AsyncInvocation, count: number, acceptedAt: number): Promise<void> {
    const config = configs.get(invocation.functionName);
    const result = await options.invoke(invocation);
    const tooOldAt = acceptedAt + (config?.maximumEventAgeSeconds ?? eventAgeSecondsMax) * 1000;
    if (result === "throttled") {
      if (options.timers.now() + throttledWaitMs < tooOldAt) {
        return later(throttledWaitMs, () => attempt(invocation, count, acceptedAt));
      }
      return options.onProblem(invocation.functionName, `gave up ${invocation.requestId}: throttled for too long`);
    }
    const settled = { invocation, result, count };
    if (!result.functionError) return send(settled, "Success", config?.onSuccessArn);
    const waitMs = retryWaitsMs[count - 1] ?? throttledWaitMs;
    if (count > (config?.maximumRetryAttempts ?? retryWaitsMs.length)) {
      return giveUp(settled, "RetriesExhausted", config);
    }
    if (options.timers.now() + waitMs > tooOldAt) return giveUp(settled, "EventAgeExceeded", config);
    later(waitMs, () => attempt(invocation, count + 1, acceptedAt));
  }

  async function giveUp(settled: Settled, condition: string, config: InvokeConfigOptions | undefined): Promise<void> {
    const { invocation, result } = settled;
    options.onProblem(invocation.functionName, `gave up ${invocation.requestId} (${condition}): ${result.payload}`);
    await send(settled, condition, config?.onFailureArn);
    if (!invocation.deadLetterArn) return;
    const { errorMessage = "" } = JSON.parse(result.payload) as { errorMessage?: string };
    await deliverOrReport(invocation.functionName, {
      targetArn: invocation.deadLetterArn,
      body: invocation.payload,
      objectKey: invocation.requestId,
      attributes: {
        RequestID: invocation.requestId,
        ErrorCode: "200",
        ErrorMessage: errorMessage.slice(0, 1024) || "-",
      },
    });
  }

  async function send(settled: Settled, condition: string, targetArn: string | undefined): Promise<void> {
    if (!targetArn) return;
    const at = new Date(options.timers.now()).toISOString();
    const { functionName, requestId } = settled.invocation;
    const objectKey = `aws/lambda/async/${functionName}/${at.slice(0, 10).replaceAll("-", "/")}/${at}-${requestId}`;
    await deliverOrReport(functionName, { targetArn, body: destinationRecord(settled, condition, at), objectKey });
  }

  async function deliverOrReport(functionName: string, parcel: Parameters<Deliver>[0]): Promise<void> {
    await options.deliver(parcel).catch((error: unknown) => {
      options.onProblem(functionName, `could not deliver to ${parcel.targetArn}: ${String(error)}`);
    });
  }

  return {
    configure: (config: InvokeConfigOptions): void => {
      configs.set(functionNameOf(config.function), config);
    },
    forget: (nameOrArn: string): void => {
      configs.delete(functionNameOf(nameOrArn));
    },
    accept: (invocation: AsyncInvocation): void => track(attempt(invocation, 1, options.timers.now())),
    stop: async (): Promise<void> => {
      stopping = true;
      for (const cancel of waits) cancel();
      await Promise.allSettled(running);
    },
  };
}

interface Settled {
  readonly invocation: AsyncInvocation;
  readonly result: InvocationResult;
  readonly count: number;
}

function destinationRecord({ invocation, result, count }: Settled, condition: string, timestamp: string): string {
  return JSON.stringify({
    version: "1.0",
    timestamp,
    requestContext: {
      requestId: invocation.requestId,
      functionArn: `${invocation.functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: count,
    },
    requestPayload: JSON.parse(invocation.payload),
    responseContext: {
      statusCode: 200,
      executedVersion: "$LATEST",
      ...(result.functionError ? { functionError: result.functionError } : {}),
    },
    responsePayload: JSON.parse(result.payload),
  });
}
