import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Engine } from "./engine.ts";
import { freePort, isPortFree } from "./free-port.ts";
import { endProcess, identify, isRunning, type ProcessIdentity } from "./process-identity.ts";

const READY_MS_MAX = 30_000;
const READY_POLL_MS = 25;
const STOP_GRACE_MS = 10_000;
const PORT_ATTEMPTS_MAX = 3;
const LOG_TAIL_BYTES = 1_500;

export interface ChildEngine {
  readonly name: string;
  readonly folder: string;
  /** @default a free port, another one when somebody takes it first */
  readonly port?: number | undefined;
  readonly command: (port: number) => { readonly file: string; readonly args: readonly string[] };
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly environment?: Readonly<Record<string, string>>;
  readonly endpoint: (port: number) => string;
  /** Rejects or gives false while the engine does not answer yet. */
  readonly isReady: (port: number) => Promise<boolean>;
  /** @default "SIGTERM" */
  readonly stopSignal?: NodeJS.Signals;
}

/** Starts a process that outlives nothing: what an earlier, killed owner left behind in the folder is ended first. */
export async function startChildEngine(engine: ChildEngine): Promise<Engine> {
  mkdirSync(engine.folder, { recursive: true });
  await endRecordedProcess(engine.folder, engine.stopSignal);
  // Whoever listens there would answer in the engine's place.
  if (engine.port !== undefined && !(await isPortFree(engine.port))) {
    throw new Error(
      `${engine.name} cannot start on port ${engine.port}: another process listens there; choose another port`,
    );
  }
  for (let attempt = 1; ; attempt++) {
    const port = engine.port ?? (await freePort());
    const logFile = join(engine.folder, "engine.log");
    const logStart = sizeOf(logFile);
    const child = await launch(engine, port, logFile);
    if (await answers(engine, port, child)) {
      return { endpoint: engine.endpoint(port), pids: [child.pid], stop: () => stop(engine, child) };
    }
    await stop(engine, child);
    const said = readFileSync(logFile).subarray(logStart).subarray(-LOG_TAIL_BYTES).toString("utf8").trim();
    if (engine.port === undefined && attempt < PORT_ATTEMPTS_MAX && /address.*in use|EADDRINUSE|bind/i.test(said))
      continue;
    throw new Error(`${engine.name} did not start on port ${port}. The end of ${logFile}:\n${said || "(nothing)"}`);
  }
}

/** Ends the process that an owner of this folder recorded and could not end itself. */
export async function endRecordedProcess(folder: string, signal: NodeJS.Signals = "SIGTERM"): Promise<boolean> {
  const recorded = readRecord(folder);
  const wasRunning = recorded !== undefined && isRunning(recorded);
  if (wasRunning) await endProcess(recorded, { signal, graceMs: STOP_GRACE_MS });
  rmSync(recordFile(folder), { force: true });
  return wasRunning;
}

async function launch(engine: ChildEngine, port: number, logFile: string): Promise<ProcessIdentity> {
  const { file, args } = engine.command(port);
  const log = openSync(logFile, "a");
  try {
    // The child writes to the file itself, so that it needs no living parent; a group of its own keeps Ctrl-C from it.
    const child = spawn(file, args, {
      cwd: engine.folder,
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...engine.environment },
      ...engine.user,
    });
    await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    child.unref();
    const identity = (child.pid === undefined ? undefined : identify(child.pid)) ?? {
      pid: child.pid ?? 0,
      startedAt: "",
    };
    writeFileSync(recordFile(engine.folder), JSON.stringify(identity));
    return identity;
  } finally {
    closeSync(log);
  }
}

async function answers(engine: ChildEngine, port: number, child: ProcessIdentity): Promise<boolean> {
  const deadline = performance.now() + READY_MS_MAX;
  while (isRunning(child) && performance.now() < deadline) {
    if (await engine.isReady(port).catch(() => false)) return isRunning(child);
    await pause(READY_POLL_MS);
  }
  return false;
}

async function stop(engine: ChildEngine, child: ProcessIdentity): Promise<void> {
  await endProcess(child, { signal: engine.stopSignal ?? "SIGTERM", graceMs: STOP_GRACE_MS });
  if (readRecord(engine.folder)?.pid === child.pid) rmSync(recordFile(engine.folder), { force: true });
}

function recordFile(folder: string): string {
  return join(folder, "process.json");
}

function readRecord(folder: string): ProcessIdentity | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(recordFile(folder), "utf8"));
    if (typeof record !== "object" || record === null || !("pid" in record) || !("startedAt" in record))
      return undefined;
    if (typeof record.pid !== "number" || typeof record.startedAt !== "string") return undefined;
    return { pid: record.pid, startedAt: record.startedAt };
  } catch {
    return undefined;
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
