import { z } from "zod";
import type { InvocationResult } from "../lambda/lambda-service.ts";

/** What a function answered about its batch, by the index of the record. */
export type BatchAnswer =
  | { readonly type: "all-done" }
  /** These failed; the others are done. */
  | { readonly type: "some-failed"; readonly indexes: readonly number[] }
  | { readonly type: "all-failed"; readonly reason: string };

const Failures = z.looseObject({
  batchItemFailures: z.array(z.looseObject({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * Reads a function's answer as Lambda does: when it names an unknown record, the whole batch has failed.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function readBatchAnswer(options: {
  result: InvocationResult;
  /** The names by which the function reports records, in the order of the batch. */
  identifiers: readonly string[];
  reportsItemFailures: boolean;
}): BatchAnswer {
  const { result, identifiers } = options;
  if (result.functionError) return { type: "all-failed", reason: result.payload.slice(0, 500) };
  if (!options.reportsItemFailures) return { type: "all-done" };
  const payload: unknown = JSON.parse(result.payload || "null");
  if (payload === null || payload === "") return { type: "all-done" };
  const answer = Failures.safeParse(payload);
  if (!answer.success)
    return { type: "all-failed", reason: `its batchItemFailures are not valid: ${z.prettifyError(answer.error)}` };
  const failed = (answer.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  if (failed.length === 0) return { type: "all-done" };
  const indexes = failed.map((identifier) => identifiers.indexOf(identifier));
  if (indexes.includes(-1))
    return { type: "all-failed", reason: `it reported ${failed}, which is not all of this batch` };
  return { type: "some-failed", indexes };
}
