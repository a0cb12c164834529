import { stopDaemon } from "../daemon/control.ts";
import type { StatePaths } from "../daemon/state-folder.ts";
import { defineCommand, exitCodes } from "./command.ts";
import { folderHelp, folderOption, pathsOf } from "./project.ts";

export const down = defineCommand({
  summary: "stop the cloud and keep its state",
  help: [folderHelp],
  options: folderOption,
  run: async ({ folder }) => {
    await bringDown(pathsOf(folder));
    return exitCodes.ok;
  },
});

export async function bringDown(paths: StatePaths): Promise<void> {
  const started = performance.now();
  const { daemon, leftovers } = await stopDaemon(paths);
  const took = `${((performance.now() - started) / 1_000).toFixed(1)} s`;
  if (daemon !== undefined) console.error(`stopped in ${took}; the state is in ${paths.root}`);
  else if (leftovers.length > 0)
    console.error(`it was killed; ended the processes that it left running (pid ${leftovers.join(", ")})`);
  else console.error("it does not run");
}
