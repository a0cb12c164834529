import { existsSync } from "node:fs";
import { readEndpoints, silentEndpoints } from "../daemon/endpoints.ts";
import { runningDaemon } from "../daemon/record.ts";
import { defineCommand, exitCodes } from "./command.ts";
import { folderHelp, folderOption, pathsOf } from "./project.ts";

export const status = defineCommand({
  summary: "show whether the cloud runs and which addresses answer (exit code 1 when one does not)",
  help: [folderHelp],
  options: folderOption,
  run: async ({ folder }) => {
    const paths = pathsOf(folder);
    const daemon = runningDaemon(paths);
    if (daemon === undefined) {
      console.log(existsSync(paths.daemon) ? `it was killed or crashed; see ${paths.log}` : "it does not run");
      return exitCodes.failed;
    }
    console.log(`${daemon.stage === "ready" ? "runs" : "is starting"} (pid ${daemon.pid}, since ${daemon.since})`);
    const endpoints = daemon.stage === "ready" ? readEndpoints(paths) : undefined;
    if (endpoints === undefined) return exitCodes.failed;
    const silent = new Map(await silentEndpoints(endpoints));
    const { aws, ...named } = endpoints;
    const all = [...Object.entries(named), ...Object.entries(aws).map(([name, url]) => [`aws.${name}`, url] as const)];
    const width = Math.max(...all.map(([name]) => name.length));
    for (const [name, url] of all) {
      console.log(`  ${silent.has(name) ? "✗" : "✓"} ${name.padEnd(width)}  ${String(url)}`);
    }
    return silent.size === 0 ? exitCodes.ok : exitCodes.failed;
  },
});
