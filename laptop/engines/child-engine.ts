import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Engine } from "./engine.ts";
import { freePort, isPortFree } from "./free-port.ts";
import { endProcess, identify, isRunning, type ProcessIdentity } from "./process-identity.ts";

const readyMsMax = 90_000;
const readyPollMs = 25;
const stopGraceMs = 10_000;
const portAttemptsMax = 3;
const logTailBytes = 1_500;

/** The file in an engine's folder that names the process of the engine. */
export const processRecord = "process.json";

const ProcessRecord = z.object({
  pid: z.int().positive(),
  startedAt: z.string(),
  stopSignal: z.enum(["SIGTERM", "SIGINT"]),
});

export interface ChildEngine {
  readonly name: string;
  readonly folder: string;
  /** @default a free port; another free port when that one is taken meanwhile */
  readonly port?: number | undefined;
  readonly command: (port: number) => { readonly file: string; readonly args: readonly string[] };
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly environment?: Readonly<Record<string, string>>;
  readonly endpoint: (port: number) => string;
  /** Rejects or resolves with false while the engine does not answer yet. */
  readonly isReady: (port: number) => Promise<boolean>;
  /** @default "SIGTERM" */
  readonly stopSignal?: "SIGTERM" | "SIGINT";
}

/** Starts the engine as a child process. First ends the engine that a killed owner left running in the folder. */
export async function startChildEngine(engine: ChildEngine): Promise<Engine> {
  mkdirSync(engine.folder, { recursive: true });
  await endRecordedProcess(engine.folder);
  // Another process that listens on the port would answer instead of the engine.
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
    const said = readFileSync(logFile).subarray(logStart).subarray(-logTailBytes).toString("utf8").trim();
    if (engine.port === undefined && attempt < portAttemptsMax && /address.*in use|EADDRINUSE|bind/i.test(said))
      continue;
    throw new Error(`${engine.name} did not start on port ${port}. The end of ${logFile}:\n${said || "(nothing)"}`);
  }
}

/** Ends the process that an earlier owner of the folder recorded and did not end. Returns its pid. */
export async function endRecordedProcess(folder: string): Promise<ProcessIdentity | undefined> {
  const recorded = readRecord(folder);
  if (recorded === undefined) return undefined;
  await endProcess(recorded, { signal: recorded.stopSignal, graceMs: stopGraceMs });
  rmSync(join(folder, processRecord), { force: true });
  return recorded;
}

async function launch(engine: ChildEngine, port: number, logFile: string): Promise<ProcessIdentity> {
  const { file, args } = engine.command(port);
  const log = openSync(logFile, "a");
  try {
    // The child writes to the file itself, so it can outlive its parent. In its own process group, Ctrl-C does not
    // reach it.
    const child = spawn(file, args, {
      cwd: engine.folder,
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...engine.environment },
      ...engine.user,
    });
    await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    child.unref();
    const pid = child.pid ?? 0;
    const identity = identify(pid) ?? { pid, startedAt: "" };
    writeRecord(engine.folder, { ...identity, stopSignal: engine.stopSignal ?? "SIGTERM" });
    return identity;
  } finally {
    closeSync(log);
  }
}

async function answers(engine: ChildEngine, port: number, child: ProcessIdentity): Promise<boolean> {
  const deadline = performance.now() + readyMsMax;
  while (isRunning(child) && performance.now() < deadline) {
    if (await engine.isReady(port).catch(() => false)) return isRunning(child);
    await pause(readyPollMs);
  }
  return false;
}

async function stop(engine: ChildEngine, child: ProcessIdentity): Promise<void> {
  await endProcess(child, { signal: engine.stopSignal ?? "SIGTERM", graceMs: stopGraceMs });
  if (readRecord(engine.folder)?.pid === child.pid) rmSync(join(engine.folder, processRecord), { force: true });
}

function writeRecord(folder: string, record: z.infer<typeof ProcessRecord>): void {
  const file = join(folder, processRecord);
  writeFileSync(`${file}.new`, JSON.stringify(record));
  renameSync(`${file}.new`, file);
}

function readRecord(folder: string): z.infer<typeof ProcessRecord> | undefined {
  const file = join(folder, processRecord);
  return existsSync(file) ? ProcessRecord.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
