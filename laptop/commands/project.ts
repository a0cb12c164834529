import { z } from "zod";
import { type StatePaths, statePaths } from "../daemon/state-folder.ts";
import { readJson } from "../json-file.ts";

export const folderOption = { folder: { type: "string" } } as const;
export const folderHelp = "--folder DIR        where all state is kept (default: .<name in package.json>)";

/** Where the state is kept: in the given folder, else in one that is named after the project. */
export function pathsOf(folder: string | undefined): StatePaths {
  return statePaths(folder ?? `.${projectName()}`);
}

/** Name of the project in the working directory: the default of the state folder and of the audience of tokens. */
export function projectName(): string {
  const name = readJson("package.json", z.object({ name: z.string() }).loose())?.name ?? "laptop";
  return name.split("/").at(-1) ?? name;
}
