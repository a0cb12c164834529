import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const pollMs = 20;

/** After a restart, a pid may belong to an unrelated process. Together with the start time it names one process only. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

/** The process that has `pid` now; undefined when there is none. A zombie does not count. */
export function identify(pid: number): ProcessIdentity | undefined {
  const found = existsSync("/proc/self/stat") ? readProc(pid) : readPs(pid);
  return found === undefined || found.state.startsWith("Z") ? undefined : { pid, startedAt: found.startedAt };
}

export function isRunning(process: ProcessIdentity): boolean {
  return identify(process.pid)?.startedAt === process.startedAt;
}

/** Sends `signal`, then SIGKILL when the process still runs after `graceMs`. Resolves when it has ended. */
export async function endProcess(
  target: ProcessIdentity,
  options: { readonly signal: NodeJS.Signals; readonly graceMs: number },
): Promise<void> {
  sendSignal(target, options.signal);
  if (await goneWithin(target, options.graceMs)) return;
  sendSignal(target, "SIGKILL");
  if (await goneWithin(target, options.graceMs)) return;
  throw new Error(`process ${target.pid} did not end within ${options.graceMs} ms of SIGKILL; end it by hand`);
}

function sendSignal(target: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function goneWithin(target: ProcessIdentity, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  while (isRunning(target)) {
    if (performance.now() > deadline) return false;
    await pause(pollMs);
  }
  return true;
}

/**
 * proc(5): field 3 is the state, field 20 the number of threads, field 22 the start in clock ticks since boot. Field 2
 * may contain spaces. When the first thread is a zombie and other threads still have the ports, the process runs.
 */
function readProc(pid: number): { state: string; startedAt: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state = "", ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const lingers = state === "Z" && Number(rest[16]) > 1;
    return { state: lingers ? "R" : state, startedAt: rest[18] ?? "" };
  } catch {
    return undefined;
  }
}

function readPs(pid: number): { state: string; startedAt: string } | undefined {
  try {
    const line = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    const [state = "", ...started] = line.split(/\s+/);
    return line === "" ? undefined : { state, startedAt: started.join(" ") };
  } catch {
    return undefined;
  }
}
