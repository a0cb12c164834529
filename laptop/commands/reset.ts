import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { removeEngineFolder } from "../engines/index.ts";
import { projectName, type StatePaths, statePaths } from "../state-folder.ts";
import { defineCommand, EXIT, folderHelp, folderOption } from "./command.ts";
import { bringDown } from "./down.ts";

export const reset = defineCommand({
  summary: "stop it and remove all its state",
  help: [folderHelp],
  options: folderOption,
  run: async ({ folder }) => {
    const paths = statePaths(resolve(folder ?? `.${projectName()}`));
    if (folder !== undefined) refuseForeignFolder(paths);
    await bringDown(paths);
    removeEngineFolder(paths.root);
    console.error(`removed ${paths.root}`);
    return EXIT.ok;
  },
});

/** A mistyped --folder must not cost anybody a home folder. */
function refuseForeignFolder(paths: StatePaths): void {
  if (!existsSync(paths.root) || existsSync(paths.ports)) return;
  throw new Error(`${paths.root} holds no state of a laptop cloud (no ports.json); nothing was removed`);
}
