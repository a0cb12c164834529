import { existsSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { endRecordedProcess, processRecord } from "./child-engine.ts";

/** A folder that a restart of the machine keeps, and that every user may enter. */
export const sharedDataPrefix = "/var/tmp/laptop-postgres-";

const depthMax = 3;

/** Ends every engine below `folder` that a killed owner left running. Returns their pids. */
export async function endEngines(folder: string): Promise<number[]> {
  const ended = await Promise.all(engineFolders(folder).map(endRecordedProcess));
  return ended.flatMap((process) => (process === undefined ? [] : [process.pid]));
}

/**
 * Removes all data of the engines below `folder`, and the data that a link there points to. No engine may be running.
 */
export function removeEngineFolder(folder: string): void {
  for (const { path } of entriesBelow(folder).filter((entry) => entry.isLink)) {
    const target = readlinkSync(path);
    if (target.startsWith(sharedDataPrefix)) rmSync(dirname(target), { recursive: true, force: true });
  }
  rmSync(folder, { recursive: true, force: true });
}

function engineFolders(folder: string): string[] {
  return entriesBelow(folder).flatMap(({ path, name }) => (name === processRecord ? [dirname(path)] : []));
}

function entriesBelow(folder: string, depth = 1): { path: string; name: string; isLink: boolean }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const below = entry.isDirectory() && depth < depthMax ? entriesBelow(path, depth + 1) : [];
    return [{ path, name: entry.name, isLink: entry.isSymbolicLink() }, ...below];
  });
}
