import { existsSync } from "node:fs";
import type { StatePaths } from "../daemon/state-folder.ts";
import { removeEngineFolder } from "../engines/index.ts";
import { defineCommand, exitCodes } from "./command.ts";
import { bringDown } from "./down.ts";
import { folderHelp, folderOption, pathsOf } from "./project.ts";

export const reset = defineCommand({
  summary: "stop the cloud and remove all its state",
  help: [folderHelp],
  options: folderOption,
  run: async ({ folder }) => {
    const paths = pathsOf(folder);
    if (folder !== undefined) refuseForeignFolder(paths);
    await bringDown(paths);
    removeEngineFolder(paths.root);
    console.error(`removed ${paths.root}`);
    return exitCodes.ok;
  },
});

/** Refuses a folder without state, because a mistyped --folder must not delete other files. */
function refuseForeignFolder(paths: StatePaths): void {
  if (!existsSync(paths.root) || existsSync(paths.ports)) return;
  throw new Error(`${paths.root} holds no state of a laptop cloud (no ports.json); nothing was removed`);
}
