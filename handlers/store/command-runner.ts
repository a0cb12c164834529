import type { ProblemCode } from "../../contract/problem.ts";
import {
  type CommandContext,
  type Decision,
  type DoneRecord,
  done,
  keyReused,
  type Needs,
  type Outcome,
  type PlanContext,
  type RecordedAnswer,
  type RecordRead,
  type Refused,
  type RequestRecord,
} from "../inventory/index.ts";
import { type Sending, type SendPorts, sendPlan } from "./plan-sender.ts";
import { fence, liveRecord, readRequestRecord } from "./request-log.ts";
import { createTableReader, type TableReader } from "./table-reader.ts";
import { startDeadline } from "./timing.ts";

/** A command for the runner: what must exist, what to read, and a pure decision on what was read. */
export interface Command<State> {
  readonly needs: Needs;
  /**
   * Set for a command that can choose (an allocation). It reads cheaply first, and refuses only after a strong read.
   */
  readonly chooses?: true;
  read(reader: TableReader, options: { consistent: boolean }): Promise<State>;
  decide(planContext: PlanContext, state: State): Decision;
}

/** What one request has learned so far, kept from one plan to the next. */
interface Run extends Sending {
  readonly context: CommandContext;
  recordRead: RecordRead;
  consistent: boolean;
}

/** Undefined when nothing had to change and no request record is needed. */
type Recorded = RecordedAnswer | undefined;

/** Refusals that another choice of locations may avoid: a level has become empty, or a location was archived. */
const choosable: ReadonlySet<ProblemCode> = new Set(["insufficient_stock", "location_not_found"]);

/** Reads, decides and writes until the command has committed or is refused. Throws `DeadlineError` after 8 s. */
export async function runCommand<State>(
  ports: SendPorts,
  context: CommandContext,
  command: Command<State>,
): Promise<Outcome<Recorded>> {
  const run = startRun(ports, context, command.chooses === true);
  for (let triedCount = 0; ; triedCount++) {
    if (triedCount > 1) await run.deadline.backOff(triedCount);
    const missing = await ports.existence.missing(run.reader, command.needs);
    if (missing) return refuse(ports, run, missing);
    const { consistent, recordRead } = run;
    const state = await command.read(run.reader, { consistent });
    const decision = command.decide({ tables: ports.tables, context, atMs: ports.clock(), recordRead }, state);
    if (decision.kind === "keep") return done(undefined);
    const sent = decision.kind === "write" ? await sendPlan(ports, run, decision.plan) : decision;
    switch (sent.kind) {
      case "done":
        return sent;
      case "record": {
        const replay = resume(run, liveRecord(sent.old, ports.clock()));
        if (replay) return replay;
        break;
      }
      case "stale":
        break;
      case "refused":
        if (decision.kind === "write" ? !mayChooseAgain(command, sent) : consistent) return refuse(ports, run, sent);
        run.consistent = true;
        break;
      default:
        sent satisfies never;
    }
  }
}

function startRun(ports: SendPorts, context: CommandContext, chooses: boolean): Run {
  const deadline = startDeadline(ports, context.receivedAtMs);
  const reader = createTableReader(ports, deadline);
  return { context, deadline, reader, unsure: false, recordRead: { kind: "nothing" }, consistent: !chooses };
}

const mayChooseAgain = ({ chooses }: Pick<Command<unknown>, "chooses">, { refusal }: Refused): boolean =>
  chooses === true && choosable.has(refusal.code);

/** Handles the record that the transaction found: an answer ends the request; the next plan replaces a fence. */
function resume(run: Run, record: RequestRecord | undefined): Outcome<Recorded> | undefined {
  if (record?.state === "done") return replayOf(run.context, record);
  run.recordRead = record ? { kind: "fence", attempt: record.attempt } : { kind: "nothing" };
  return undefined;
}

/**
 * Answers a refusal, unless an earlier attempt has committed under the same key. Reads the record to find out. When an
 * attempt may still be under way, it writes a fence instead, so that the attempt cannot commit after the refusal.
 */
async function refuse(ports: SendPorts, run: Run, refused: Refused): Promise<Outcome<Recorded>> {
  const { idempotency } = run.context;
  if (!idempotency) return refused;
  const record = run.unsure
    ? await fence(ports, { idempotency, recordRead: run.recordRead, deadline: run.deadline })
    : await readRequestRecord(ports, run.reader, idempotency);
  return record?.state === "done" ? replayOf(run.context, record) : refused;
}

/** Answers with a recorded answer. It is no replay when this same request wrote it in an attempt of unknown outcome. */
function replayOf({ idempotency, requestId }: CommandContext, record: DoneRecord): Outcome<Recorded> {
  if (idempotency?.bodyHash !== record.bodyHash) return keyReused(idempotency?.key ?? "");
  return done(record.answer, record.requestId !== requestId);
}
