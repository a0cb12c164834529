import type { InvocationResult } from "./lambda-service.ts";

export interface AsyncInvocation {
  readonly functionName: string;
  readonly functionArn: string;
  readonly requestId: string;
  readonly payload: string;
  readonly deadLetterArn?: string;
}

/** An asynchronous invocation that is not tried again. */
export interface SettledInvocation {
  readonly invocation: AsyncInvocation;
  readonly result: InvocationResult;
  readonly attemptCount: number;
}

export type SettledCondition = "Success" | "RetriesExhausted" | "EventAgeExceeded";

/** The record that a destination gets. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export function destinationRecord(
  { invocation, result, attemptCount }: SettledInvocation,
  condition: SettledCondition,
  timestamp: string,
): string {
  return JSON.stringify({
    version: "1.0",
    timestamp,
    requestContext: {
      requestId: invocation.requestId,
      functionArn: `${invocation.functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: attemptCount,
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
