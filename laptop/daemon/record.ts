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
  /** Hash of the Terraform that was applied last. */
  outputHash: z.string(),
  since: z.iso.datetime(),
  /** Present once the daemon is ready. */
  control: ControlAddress.optional(),
});

export type DaemonRecord = z.infer<typeof DaemonRecord>;

/** Returns the running daemon of this folder, or undefined when none runs, also if a killed daemon left its record. */
export function runningDaemon(paths: StatePaths): DaemonRecord | undefined {
  const record = readJson(paths.daemon, DaemonRecord);
  return record !== undefined && isRunning(record) ? record : undefined;
}

/** Claims the folder for this process. When two processes try at the same time, one gets an error. */
export function claimFolder(paths: StatePaths, outputHash: string): DaemonRecord {
  const self = identify(process.pid);
  if (self === undefined)
    throw new Error("this process cannot be identified: neither /proc nor ps says when it started");
  if (runningDaemon(paths) === undefined) rmSync(paths.daemon, { force: true });
  const record: DaemonRecord = { ...self, stage: "starting", outputHash, since: new Date().toISOString() };
  const mine = `${paths.daemon}.${process.pid}`;
  writeJson(mine, record);
  try {
    linkSync(mine, paths.daemon); // Fails if the file exists, and readers never see a part of the content.
  } catch (cause) {
    throw new Error(`another process has just claimed ${paths.root}; status shows it`, { cause });
  } finally {
    rmSync(mine, { force: true });
  }
  return record;
}

/**
 * Writes the record of a daemon that is ready. Only the owner of the folder may read it, because it contains the secret
 * of the control server.
 */
export function writeRecord(paths: StatePaths, record: DaemonRecord): void {
  writeJson(paths.daemon, record, { mode: 0o600 });
}

export function releaseFolder(paths: StatePaths): void {
  rmSync(paths.daemon, { force: true });
}
