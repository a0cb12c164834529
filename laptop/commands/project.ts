import { z } from "zod";
import { type StatePaths, statePaths } from "../daemon/state-folder.ts";
import { readJson } from "../json-file.ts";

export const folderOption = { folder: { type: "string" } } as const;
export const folderHelp = "--folder DIR        folder of all state (default: .<name in package.json>)";

/** Returns the paths of the state: in the given folder, or in one that is named after the project. */
export function pathsOf(folder: string | undefined): StatePaths {
  return statePaths(folder ?? `.${projectName()}`);
}

/** Returns the project's name from package.json. It is the default for the state folder and the audience of tokens. */
export function projectName(): string {
  const name = readJson("package.json", z.object({ name: z.string() }).loose())?.name ?? "laptop";
  return name.split("/").at(-1) ?? name;
}
