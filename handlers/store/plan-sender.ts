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

/** What a request brings along to each of its plans. */
export interface Sending {
  readonly deadline: Deadline;
  readonly reader: TableReader;
  /** The outcome of some attempt was unknown, and it may still be under way: a refusal has to be fenced first. */
  unsure: boolean;
}

/**
 * Sends one plan until its outcome is known. It is the same transaction with the same ClientRequestToken each time,
 * so that DynamoDB carries it out once, however many attempts arrive.
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
    // Looked at before each attempt, for an attempt stands on facts of at most 5 s.
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

/** Undefined when a busy item leaves the picture incomplete; the request record alone is enough. */
function conclude(plan: Plan, { failed, contended }: Failed): Verdict | undefined {
  const writes = failed.flatMap(({ index, old }) => {
    const planned = plan.writes[index];
    return planned ? [{ planned, old }] : [];
  });
  const verdict = verdictOf(writes);
  return contended && verdict.kind !== "record" ? undefined : verdict;
}
