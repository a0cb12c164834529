import { BadLines } from "./bad-lines.ts";
import type { Survey } from "./input/opening-stock.ts";
import { InputError } from "./input/source.ts";
import { type Listener, openListener } from "./listen/listener.ts";
import { type Options, readOptions, UsageError, usage } from "./options.ts";
import { createProgress, type Progress } from "./progress.ts";
import { prepare } from "./replay/prepare.ts";
import { replay, survey } from "./replay/replay.ts";
import { Session, UnexpectedRefusal } from "./replay/session.ts";
import { unwatchLevels } from "./replay/watches.ts";
import { reportReplay, reportTieOut } from "./report.ts";
import { openInput, openRun, type Run, type RunInput } from "./run.ts";
import { readSystem, type System, SystemError } from "./system/endpoints.ts";
import { laptopTokens } from "./system/token.ts";
import { type TieOut, tieOut } from "./tie-out/tie-out.ts";

const exitCodes = { ok: 0, different: 1, badUsage: 2, interrupted: 130 } as const;
type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const print = (lines: readonly string[]): void => {
  for (const line of lines) process.stdout.write(`${line}\n`);
};

async function main(): Promise<ExitCode> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return exitCodes.ok;
  }
  const input = await openInput(options);
  const system = await readSystem(options.state);
  return await runDemo(options, { input, system, signal: untilInterrupted() });
}

async function runDemo(
  options: Options,
  { input, system, signal }: { input: RunInput; system: System; signal: AbortSignal },
): Promise<ExitCode> {
  const progress = createProgress(process.stderr);
  const badLines = new BadLines(input.path.replace(/\.sqlite$/, ".bad-lines.txt"));
  const seen = await survey(input.source, { seed: input.seed, progress, onBad: (bad) => badLines.add(bad) });
  if (seen.lineCount === 0) throw new InputError(`${input.source.label}: none of its lines can be replayed`);
  const run = openRun(input.path, { fresh: options.fresh });
  print([
    `orders     ${input.source.label}: ${seen.lineCount.toLocaleString("en")} lines, ${seen.invoiceCount.toLocaleString("en")} invoices, ${seen.names.size.toLocaleString("en")} items; SEED=${input.seed} replays it`,
    ...badLines.report(),
    ...describeRun(run),
  ]);
  const session = new Session({
    runId: run.id,
    seed: input.seed,
    journal: run.journal,
    baseUrl: system.api,
    tokens: laptopTokens({ subject: "demo", scopes: "admin", stateFolder: options.state }),
    onRetry: (_operation, why) => progress.note(`retrying (${why}); \`make up\` starts the system if it is down`),
  });
  const listener = await openListener(session);
  try {
    const code = await prove({ run, input, seen, session, listener, progress, signal, system });
    await listener.unregister();
    return code;
  } finally {
    listener.stop();
    run.journal.close();
  }
}

interface Proof {
  readonly run: Run;
  readonly input: RunInput;
  readonly seen: Survey;
  readonly session: Session;
  readonly listener: Listener;
  readonly system: System;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

async function prove({ run, input, seen, session, listener, system, ...shown }: Proof): Promise<ExitCode> {
  await prepare(session, seen, shown.progress);
  const outcome = await replay(input.source, { session, lineCount: seen.lineCount, ...shown });
  print(reportReplay(run.journal, outcome));
  if (outcome.interrupted) return interrupted(listener, shown.progress);
  const result = await tieOut(system, { session, names: seen.names, ...shown });
  if (shown.signal.aborted) return interrupted(listener, shown.progress);
  print(reportTieOut(result));
  const failures = [
    ...outcome.unexpected.map((text) => `unexpected: ${text}`),
    ...listener.wrong.map((text) => `wrong delivery: ${text}`),
    ...missingProof(run, input, result),
  ];
  print(failures);
  run.journal.setFact("finishedAt", new Date().toISOString());
  await unwatchLevels(session);
  return result.differences.length === 0 && failures.length === 0 ? exitCodes.ok : exitCodes.different;
}

function describeRun(run: Run): string[] {
  if (!run.resumed) return [...(run.note === undefined ? [] : [`note       ${run.note}`]), `run        ${run.id}`];
  const { invoiceCount } = run.journal.totals();
  return [`run        ${run.id}, resumed after ${invoiceCount.toLocaleString("en")} invoices (--fresh starts again)`];
}

/** Generated input has more demand than stock on purpose. A run without any conflict or shortage proves nothing. */
function missingProof({ journal }: Run, { generated }: RunInput, { soldLowCount }: TieOut): string[] {
  if (!generated) return [];
  const refused = journal.refusals().some(({ code }) => code === "insufficient_stock");
  const met = (journal.counters("met").get("") ?? 0) > 0;
  return [
    ...(refused ? [] : ["proves too little: no line was refused for stock"]),
    ...(met ? [] : ["proves too little: no two commands met on one level"]),
    ...(soldLowCount > 0 ? [] : ["proves too little: no level ran low because of sales"]),
  ];
}

/**
 * Returns a signal that the first Ctrl-C aborts: invoices in progress finish and are saved in the journal.
 * The second Ctrl-C ends the process immediately.
 */
function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}

/** Waits for the events of finished commands first, because the resumed run listens at another address. */
async function interrupted(listener: Listener, progress: Progress): Promise<ExitCode> {
  await listener.settle(progress);
  print(["", "interrupted; run the same command again to resume"]);
  return exitCodes.interrupted;
}

function failed(error: unknown): ExitCode {
  const known = error instanceof InputError || error instanceof UsageError || error instanceof SystemError;
  if (!known && !(error instanceof UnexpectedRefusal)) throw error;
  process.stderr.write(`demo: ${error.message}\n`);
  return error instanceof InputError || error instanceof UsageError ? exitCodes.badUsage : exitCodes.different;
}

process.exitCode = await main().catch(failed);
