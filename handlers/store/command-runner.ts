import type { ProblemCode, Refusal } from "../../contract/problem.ts";
import {
  type CommandContext,
  type Decision,
  type DoneRecord,
  keyReused,
  type Needs,
  type Plan,
  type PlanContext,
  type RecordedAnswer,
  type RecordRead,
  RefusalError,
  type RequestRecord,
} from "../inventory/index.ts";
import type { Existence } from "./existence.ts";
import { type Sent, sendPlan } from "./plan-sender.ts";
import type { StorePorts } from "./ports.ts";
import { fence, liveRecord, readRecord } from "./request-log.ts";
import { createTableReader, type TableReader } from "./table-reader.ts";
import { type Deadline, startDeadline } from "./timing.ts";

/** A command as the runner sees it: what must exist, what to read, and a pure decision on that. */
export interface Command<State> {
  readonly needs: Needs;
  /** A command that can choose (an allocation) reads cheaply first, and refuses only after a strong read. */
  readonly chooses?: true;
  read(reader: TableReader, options: { consistent: boolean }): Promise<State>;
  decide(planContext: PlanContext, state: State): Decision;
}

/** `answer` is undefined when nothing had to change and no key has to remember it. */
export type Result =
  | { readonly kind: "done"; readonly answer: RecordedAnswer | undefined; readonly replayed: boolean }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export interface RunnerPorts extends StorePorts {
  readonly existence: Existence;
}

/** What one request has learned so far; it outlives its plans. */
interface Run {
  readonly context: CommandContext;
  readonly deadline: Deadline;
  readonly reader: TableReader;
  recordRead: RecordRead;
  /** Some attempt's outcome was unknown: before a refusal is answered, the record has to be fenced. */
  unsure: boolean;
  consistent: boolean;
}

/** Reads, decides and writes until the command has committed, is refused, or its deadline passes. */
export async function runCommand<State>(
  ports: RunnerPorts,
  context: CommandContext,
  command: Command<State>,
): Promise<Result> {
  const deadline = startDeadline(ports, context.receivedAtMs);
  const reader = createTableReader(ports, deadline);
  const run: Run = {
    context,
    deadline,
    reader,
    unsure: false,
    recordRead: { kind: "nothing" },
    consistent: !command.chooses,
  };
  return orUnavailable(async () => {
    for (let triedCount = 0; ; triedCount++) {
      if (triedCount > 1) await deadline.backOff(triedCount);
      const result = await runOnce(ports, run, command);
      if (result !== "again") return result;
    }
  });
}

async function runOnce<State>(ports: RunnerPorts, run: Run, command: Command<State>): Promise<Result | "again"> {
  const { context, reader, recordRead } = run;
  const missing = await ports.existence.missing(reader, command.needs);
  if (missing) return refuse(ports, run, missing);
  const wasConsistent = run.consistent;
  const state = await command.read(reader, { consistent: wasConsistent });
  const decision = command.decide({ tables: ports.tables, context, atMs: ports.clock(), recordRead }, state);
  switch (decision.kind) {
    case "keep":
      return { kind: "done", answer: undefined, replayed: false };
    case "refuse":
      run.consistent = true;
      return wasConsistent ? refuse(ports, run, decision.refusal) : "again";
    case "write":
      return send(ports, run, { plan: decision.plan, chooses: command.chooses === true });
    default:
      return decision satisfies never;
  }
}

/** What another choice may mend: a level that was emptied meanwhile, a location that was archived. */
const choosable: ReadonlySet<ProblemCode> = new Set(["insufficient_stock", "location_not_found"]);

interface Attempt {
  readonly plan: Plan;
  readonly chooses: boolean;
}

async function send(ports: RunnerPorts, run: Run, { plan, chooses }: Attempt): Promise<Result | "again"> {
  const { deadline, reader } = run;
  const missing = () => ports.existence.missing(reader, plan.needs);
  const { verdict, unsure }: Sent = await sendPlan(ports, plan, { deadline, missing });
  run.unsure ||= unsure;
  switch (verdict.kind) {
    case "committed":
      return { kind: "done", answer: plan.answer, replayed: false };
    case "request":
      return resume(run, liveRecord(verdict.old, ports.clock()));
    case "stale":
      return "again";
    case "refused":
      run.consistent = true;
      if (chooses && choosable.has(verdict.refusal.code)) return "again";
      return refuse(ports, run, verdict.refusal);
    default:
      return verdict satisfies never;
  }
}

/** The transaction found a record: an answer ends the request, a fence is replaced by the next plan. */
function resume(run: Run, record: RequestRecord | undefined): Result | "again" {
  if (record?.state === "done") return replay(run.context, record);
  run.recordRead = record ? { kind: "fence", attempt: record.attempt } : { kind: "nothing" };
  return "again";
}

/** Before a refusal is answered the record is read, and fenced where an attempt may still be under way. */
async function refuse(ports: RunnerPorts, run: Run, refusal: Refusal): Promise<Result> {
  const { idempotency } = run.context;
  if (!idempotency) return { kind: "refused", refusal };
  const record = run.unsure
    ? await fence(ports, { idempotency, recordRead: run.recordRead, deadline: run.deadline })
    : await readRecord(ports, run.reader, idempotency);
  return record?.state === "done" ? replay(run.context, record) : { kind: "refused", refusal };
}

/** One's own record is found after an unknown outcome: that is the first answer, not a replay. */
function replay({ idempotency, requestId }: CommandContext, record: DoneRecord): Result {
  if (idempotency?.bodyHash !== record.bodyHash) return { kind: "refused", refusal: keyReused(idempotency?.key ?? "") };
  return { kind: "done", answer: record.answer, replayed: record.requestId !== requestId };
}

/** Reads and retries throw `unavailable` at the deadline; commands return it. */
export async function orUnavailable<Value>(
  run: () => Promise<Value>,
): Promise<Value | { kind: "refused"; refusal: Refusal }> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof RefusalError && error.refusal.code === "unavailable") {
      return { kind: "refused", refusal: error.refusal };
    }
    throw error;
  }
}
