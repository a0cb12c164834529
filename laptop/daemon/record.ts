import { linkSync, rmSync } from "node:fs";
import { z } from "zod";
import { identify, isRunning } from "../engines/index.ts";
import { readJson, writeJson } from "../json-file.ts";
import { ControlAddress } from "./control-server.ts";
import type { StatePaths } from "./state-folder.ts";

const DaemonRecord = z.object({
  pid: z.int().positive(),
  startedAt: z.string(),
  stage: z.enum(["starting", "ready"]),
  /** Hash of the Terraform that it was started from. */
  outputHash: z.string(),
  since: z.iso.datetime(),
  /** There once it is ready. */
  control: ControlAddress.optional(),
});

export type DaemonRecord = z.infer<typeof DaemonRecord>;

/** The daemon that has this folder; undefined when none runs, whatever a killed one wrote. */
export function runningDaemon(paths: StatePaths): DaemonRecord | undefined {
  const record = readJson(paths.daemon, DaemonRecord);
  return record !== undefined && isRunning(record) ? record : undefined;
}

/** Takes the folder for this process; of two at once one gets it, the other an error. */
export function claimFolder(paths: StatePaths, outputHash: string): DaemonRecord {
  const self = identify(process.pid);
  if (self === undefined)
    throw new Error("this process cannot be identified: neither /proc nor ps tells when it started");
  if (runningDaemon(paths) === undefined) rmSync(paths.daemon, { force: true });
  const record: DaemonRecord = { ...self, stage: "starting", outputHash, since: new Date().toISOString() };
  const mine = `${paths.daemon}.${process.pid}`;
  writeJson(mine, record);
  try {
    linkSync(mine, paths.daemon); // Fails when it is there, and shows the whole content at once.
  } catch (cause) {
    throw new Error(`another process has taken ${paths.root} just now; see it with status`, { cause });
  } finally {
    rmSync(mine, { force: true });
  }
  return record;
}

/** Of a daemon that is ready. The control's word is for the owner of the folder alone. */
export function writeRecord(paths: StatePaths, record: DaemonRecord): void {
  writeJson(paths.daemon, record, { mode: 0o600 });
}

export function releaseFolder(paths: StatePaths): void {
  rmSync(paths.daemon, { force: true });
}
