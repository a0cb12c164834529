import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Attributes } from "../inventory/index.ts";
import type { RetryCount } from "./ports.ts";

/**
 * What a failed call to the table means. `refused`: it had no effect and may be sent again at once after a pause.
 * `unknown`: it may have had its effect, or may have it later.
 * `contended`: beside the failed conditions an item was busy, so that there may be more of them.
 */
export type TableFailure =
  | { readonly kind: "conditions"; readonly failed: readonly FailedCondition[]; readonly contended: boolean }
  | { readonly kind: "refused"; readonly cause: "conflict" | "throttle" }
  | { readonly kind: "unknown" };

/** `index` is the item's place in the transaction; `old` what its condition met. */
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

/** As what a call that is sent again is counted; among failed conditions, only a busy item is a reason for that. */
export function retryCount(failure: TableFailure): RetryCount {
  if (failure.kind === "unknown") return "UnknownOutcomes";
  return failure.kind === "refused" && failure.cause === "throttle" ? "TableThrottles" : "TransactionConflicts";
}

/** Rethrows what a retry cannot mend: a wrong expression, a missing table, a missing permission. */
export function tableFailure(error: unknown): TableFailure {
  if (error instanceof TransactionCanceledException) return cancellation(error);
  if (!(error instanceof Error)) throw error;
  if (error.name === "TransactionConflictException") return { kind: "refused", cause: "conflict" };
  if (throttleNames.has(error.name)) return { kind: "refused", cause: "throttle" };
  if (isUnknown(error)) return { kind: "unknown" };
  throw error;
}

/** A broken connection carries the system's code; of a service that failed nobody knows how far it came. */
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
  const told = reasons.find(({ code }) => code !== "None");
  throw new Error(`the table cancelled a transaction: ${told?.code} ${told?.message}`, { cause: error });
}
