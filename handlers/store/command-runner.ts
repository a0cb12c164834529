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
import { fence, liveRecord, readRecord } from "./request-log.ts";
import { createTableReader, type TableReader } from "./table-reader.ts";
import { startDeadline } from "./timing.ts";

/** A command as the runner sees it: what must exist, what to read, and a pure decision on that. */
export interface Command<State> {
  readonly needs: Needs;
  /** A command that can choose (an allocation) reads cheaply first, and refuses only after a strong read. */
  readonly chooses?: true;
  read(reader: TableReader, options: { consistent: boolean }): Promise<State>;
  decide(planContext: PlanContext, state: State): Decision;
}

/** What one request has learned so far; it outlives its plans. */
interface Run extends Sending {
  readonly context: CommandContext;
  recordRead: RecordRead;
  consistent: boolean;
}

/** Undefined: nothing had to change, and no key has to remember it. */
type Recorded = RecordedAnswer | undefined;

/** What another choice may mend: a level that was emptied meanwhile, a location that was archived. */
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

/** The transaction found a record: an answer ends the request, a fence is replaced by the next plan. */
function resume(run: Run, record: RequestRecord | undefined): Outcome<Recorded> | undefined {
  if (record?.state === "done") return replayOf(run.context, record);
  run.recordRead = record ? { kind: "fence", attempt: record.attempt } : { kind: "nothing" };
  return undefined;
}

/** Before a refusal is answered the record is read, and fenced where an attempt may still be under way. */
async function refuse(ports: SendPorts, run: Run, refused: Refused): Promise<Outcome<Recorded>> {
  const { idempotency } = run.context;
  if (!idempotency) return refused;
  const record = run.unsure
    ? await fence(ports, { idempotency, recordRead: run.recordRead, deadline: run.deadline })
    : await readRecord(ports, run.reader, idempotency);
  return record?.state === "done" ? replayOf(run.context, record) : refused;
}

/** A request that finds its own record after an unknown outcome gives the first answer, not a replay. */
function replayOf({ idempotency, requestId }: CommandContext, record: DoneRecord): Outcome<Recorded> {
  if (idempotency?.bodyHash !== record.bodyHash) return keyReused(idempotency?.key ?? "");
  return done(record.answer, record.requestId !== requestId);
}
