import { TransactWriteCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import type { Refusal } from "../../contract/problem.ts";
import { type Plan, type Verdict, verdictOf } from "../inventory/index.ts";
import type { StorePorts } from "./ports.ts";
import { type FailedCondition, retryCount, tableFailure } from "./table-error.ts";
import type { Deadline } from "./timing.ts";

/** What came of a plan. `unsure`: at some time its outcome was unknown, and an early attempt may still be under way. */
export interface Sent {
  readonly verdict: { readonly kind: "committed" } | Verdict;
  readonly unsure: boolean;
}

interface Sending {
  readonly deadline: Deadline;
  /** Runs before each attempt, for an attempt stands on facts of at most 5 s. */
  readonly missing: () => Promise<Refusal | undefined>;
}

/**
 * Sends one plan until its outcome is known. It is the same transaction with the same ClientRequestToken each time,
 * so that DynamoDB carries it out once, however many attempts arrive.
 */
export async function sendPlan(ports: StorePorts, plan: Plan, { deadline, missing }: Sending): Promise<Sent> {
  const input: TransactWriteCommandInput = {
    ClientRequestToken: ports.ids(),
    TransactItems: plan.writes.map(({ write }) => write as NonNullable<TransactWriteCommandInput["TransactItems"]>[0]),
  };
  let unsure = false;
  for (let triedCount = 0; ; triedCount++) {
    const refusal = await missing();
    if (refusal) return { verdict: { kind: "refused", refusal }, unsure };
    try {
      await deadline.timed((abortSignal) => ports.dynamoDb.send(new TransactWriteCommand(input), { abortSignal }));
      return { verdict: { kind: "committed" }, unsure };
    } catch (error) {
      const failure = tableFailure(error);
      const verdict = failure.kind === "conditions" ? conclude(plan, failure) : undefined;
      if (verdict) return { verdict, unsure };
      unsure ||= failure.kind === "unknown";
      ports.meter?.count(retryCount(failure));
      await deadline.backOff(triedCount);
    }
  }
}

interface Failed {
  readonly failed: readonly FailedCondition[];
  readonly contended: boolean;
}

/** Undefined when a busy item leaves the picture incomplete; the request record alone is enough. */
function conclude(plan: Plan, { failed, contended }: Failed): Verdict | undefined {
  const writes = failed.flatMap(({ index, old }) => {
    const planned = plan.writes[index];
    return planned ? [{ planned, old }] : [];
  });
  const verdict = verdictOf(writes);
  return contended && verdict.kind !== "request" ? undefined : verdict;
}
