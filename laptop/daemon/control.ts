import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { endEngines, endProcess, isRunning } from "../engines/index.ts";
import type { Change } from "../resources/index.ts";
import { ApplyMessage, DaemonMessage, type DaemonOptions } from "./messages.ts";
import { type DaemonRecord, releaseFolder, runningDaemon } from "./record.ts";
import { type StatePaths, statePaths } from "./state-folder.ts";

const stopGraceMs = 30_000;
const pollMs = 100;
const logBytesMax = 10 * 1024 * 1024;
const logTailLines = 15;

/** Starts the daemon detached from this terminal, and resolves when it is ready. An abort stops the daemon. */
export async function startDaemon(
  options: DaemonOptions,
  onMessage: (message: DaemonMessage) => void,
  abort?: AbortSignal,
): Promise<void> {
  const paths = statePaths(options.folder);
  const daemon = spawnDaemon(options, paths);
  const onAbort = () => daemon.kill("SIGTERM");
  abort?.addEventListener("abort", onAbort);
  try {
    await untilReady(daemon, {
      onMessage,
      exitReason: () => (abort?.aborted ? "interrupted" : `it ended; its log says:\n${logTail(paths)}`),
    });
  } finally {
    abort?.removeEventListener("abort", onAbort);
    if (daemon.connected) daemon.disconnect();
    daemon.unref();
  }
}

function spawnDaemon(options: DaemonOptions, paths: StatePaths): ChildProcess {
  mkdirSync(paths.logs, { recursive: true });
  const logBytes = statSync(paths.log, { throwIfNoEntry: false })?.size ?? 0;
  if (logBytes > logBytesMax) renameSync(paths.log, `${paths.log}.1`);
  const log = openSync(paths.log, "a");
  const program = fileURLToPath(new URL("daemon.ts", import.meta.url));
  const daemon = spawn(process.execPath, [program, JSON.stringify(options)], {
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
  });
  closeSync(log);
  return daemon;
}

/** Waits for the daemon. Rejects only after the daemon has exited, because it must first stop what it has started. */
function untilReady(
  daemon: ChildProcess,
  given: { readonly onMessage: (message: DaemonMessage) => void; readonly exitReason: () => string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let reason: string | undefined;
    daemon.on("message", (raw) => {
      const message = DaemonMessage.parse(raw);
      if (message.kind === "ready") return resolve();
      if (message.kind === "failed") reason = message.message;
      else given.onMessage(message);
    });
    daemon.once("error", reject);
    daemon.once("exit", () => reject(new Error(reason ?? given.exitReason())));
  });
}

/** Waits while another command starts the daemon. Returns undefined when that start fails. */
export async function waitWhileStarting(paths: StatePaths, record: DaemonRecord): Promise<DaemonRecord | undefined> {
  while (isRunning(record)) {
    const now = runningDaemon(paths);
    if (now?.stage === "ready") return now;
    await pause(pollMs);
  }
  return undefined;
}

/**
 * Makes the running daemon apply an output: the same one after a change, or another one. Returns the changes.
 * @throws Error when no daemon runs, or when the output cannot be applied. The cloud then keeps running.
 */
export async function applyOutput(
  paths: StatePaths,
  output: string,
  onNote: (line: string) => void,
): Promise<readonly Change[]> {
  const control = runningDaemon(paths)?.control;
  if (control === undefined) throw new Error(`nothing runs in ${paths.root}: up starts it`);
  const response = await fetch(`${control.url}/apply`, {
    method: "POST",
    headers: { authorization: `Bearer ${control.token}` },
    body: JSON.stringify({ output }),
  });
  if (!response.ok || !response.body) throw new Error(`the daemon answered ${response.status}; see ${paths.log}`);
  for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
    const message = ApplyMessage.parse(JSON.parse(line));
    if (message.kind === "applied") return message.changes;
    if (message.kind === "failed") throw new Error(message.message);
    onNote(message.line);
  }
  throw new Error(`the daemon ended while it applied; see ${paths.log}`);
}

/** Ends the daemon and every engine, also the engines of a killed daemon. Returns what it ended. */
export async function stopDaemon(
  paths: StatePaths,
): Promise<{ daemon: DaemonRecord | undefined; leftovers: number[] }> {
  const daemon = runningDaemon(paths);
  if (daemon !== undefined) await endProcess(daemon, { signal: "SIGTERM", graceMs: stopGraceMs });
  const leftovers = await endEngines(paths.cloud);
  releaseFolder(paths);
  return { daemon, leftovers };
}

function logTail(paths: StatePaths): string {
  return readFileSync(paths.log, "utf8").trimEnd().split("\n").slice(-logTailLines).join("\n");
}
