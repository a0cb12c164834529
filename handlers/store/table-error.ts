import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Attributes } from "../inventory/index.ts";
import type { RetryCount } from "./ports.ts";

/**
 * What a failed call to the table means. `refused`: it had no effect and may be sent again after a pause. `unknown`: it
 * may have had its effect, or may have it later. `contended`: an item was busy, so more conditions may fail than
 * `failed` lists.
 */
export type TableFailure =
  | { readonly kind: "conditions"; readonly failed: readonly FailedCondition[]; readonly contended: boolean }
  | { readonly kind: "refused"; readonly cause: "conflict" | "throttle" }
  | { readonly kind: "unknown" };

/** A condition that failed: `index` is the position of its item in the transaction, `old` the stored item. */
export interface FailedCondition {
  readonly index: number;
  readonly old: Attributes | undefined;
}

const throttleNames = new Set([
  "ThrottlingException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
]);
const unknownNames = new Set(["CallTimeoutError", "TimeoutError", "AbortError", "TransactionInProgressException"]);
const throttleReasons = new Set(["ThrottlingError", "ProvisionedThroughputExceeded"]);

/**
 * Returns the metric for a call that is sent again. With failed conditions only a busy item is a reason to send again.
 */
export function retryCount(failure: TableFailure): RetryCount {
  if (failure.kind === "unknown") return "UnknownOutcomes";
  return failure.kind === "refused" && failure.cause === "throttle" ? "TableThrottles" : "TransactionConflicts";
}

/** Classifies an error. Rethrows what a retry cannot fix: a wrong expression, a missing table, a missing permission. */
export function tableFailure(error: unknown): TableFailure {
  if (error instanceof TransactionCanceledException) return cancellation(error);
  if (!(error instanceof Error)) throw error;
  if (error.name === "TransactionConflictException") return { kind: "refused", cause: "conflict" };
  if (throttleNames.has(error.name)) return { kind: "refused", cause: "throttle" };
  if (isUnknown(error)) return { kind: "unknown" };
  throw error;
}

/**
 * Returns whether the call may have had its effect. An error of a broken connection has the system's code. After a
 * server error (5xx) it is not known how far the service came.
 */
function isUnknown(error: Error): boolean {
  const { code, $metadata } = error as { code?: unknown; $metadata?: { httpStatusCode?: number } };
  if (unknownNames.has(error.name) || ($metadata?.httpStatusCode ?? 0) >= 500) return true;
  return typeof code === "string" && !code.startsWith("ERR_INVALID");
}

function cancellation(error: TransactionCanceledException): TableFailure {
  const reasons = (error.CancellationReasons ?? []).map(({ Code = "None", Message, Item }, index) => ({
    code: Code,
    message: Message,
    index,
    old: Item && unmarshall(Item),
  }));
  const failed = reasons.filter(({ code }) => code === "ConditionalCheckFailed");
  const conflict = reasons.some(({ code }) => code === "TransactionConflict");
  const contended = conflict || reasons.some(({ code }) => throttleReasons.has(code));
  if (failed.length > 0) return { kind: "conditions", failed, contended };
  if (contended) return { kind: "refused", cause: conflict ? "conflict" : "throttle" };
  const reason = reasons.find(({ code }) => code !== "None");
  throw new Error(`the table cancelled a transaction: ${reason?.code} ${reason?.message}`, { cause: error });
}
