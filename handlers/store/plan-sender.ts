import { TransactWriteCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { type Done, done, type Plan, type RecordedAnswer, type Verdict, verdictOf } from "../inventory/index.ts";
import type { Existence } from "./existence.ts";
import type { StorePorts } from "./ports.ts";
import { type FailedCondition, retryCount, tableFailure } from "./table-error.ts";
import type { TableReader } from "./table-reader.ts";
import type { Deadline } from "./timing.ts";

export interface SendPorts extends StorePorts {
  readonly existence: Existence;
}

/** What all plans of one request share. */
export interface Sending {
  readonly deadline: Deadline;
  readonly reader: TableReader;
  /** Whether an attempt had an unknown outcome and may still be under way. Then a fence must come before a refusal. */
  unsure: boolean;
}

/**
 * Sends one plan until its outcome is known. Each attempt is the same transaction with the same ClientRequestToken, so
 * that DynamoDB executes it once even if several attempts arrive.
 */
export async function sendPlan(
  ports: SendPorts,
  sending: Sending,
  plan: Plan,
): Promise<Done<RecordedAnswer> | Verdict> {
  const { deadline, reader } = sending;
  const input: TransactWriteCommandInput = {
    ClientRequestToken: ports.ids(),
    TransactItems: plan.writes.map(({ write }) => write as NonNullable<TransactWriteCommandInput["TransactItems"]>[0]),
  };
  for (let triedCount = 0; ; triedCount++) {
    // Checked before each attempt, because a write must rely only on existence facts of at most 5 s.
    const missing = await ports.existence.missing(reader, plan.needs);
    if (missing) return missing;
    try {
      await deadline.timed((abortSignal) => ports.dynamoDb.send(new TransactWriteCommand(input), { abortSignal }));
      return done(plan.answer);
    } catch (error) {
      const failure = tableFailure(error);
      const verdict = failure.kind === "conditions" ? conclude(plan, failure) : undefined;
      if (verdict) return verdict;
      if (failure.kind === "unknown") sending.unsure = true;
      ports.meter?.count(retryCount(failure));
      await deadline.backOff(triedCount);
    }
  }
}

interface Failed {
  readonly failed: readonly FailedCondition[];
  readonly contended: boolean;
}

/**
 * Returns the verdict of the failed conditions. Returns undefined when an item was busy, because more conditions may
 * fail; but a failed request record decides alone.
 */
function conclude(plan: Plan, { failed, contended }: Failed): Verdict | undefined {
  const writes = failed.flatMap(({ index, old }) => {
    const planned = plan.writes[index];
    return planned ? [{ planned, old }] : [];
  });
  const verdict = verdictOf(writes);
  return contended && verdict.kind !== "record" ? undefined : verdict;
}
