import { resolve } from "node:path";
import { createLogTail, logFiles } from "../log-tail.ts";
import { projectName, statePaths } from "../state-folder.ts";
import { defineCommand, EXIT, folderHelp, folderOption, UsageError } from "./command.ts";

const POLL_MS = 250;

export const logs = defineCommand({
  summary: "print the last log lines of the cloud and its functions",
  help: [
    "--follow            go on printing what is written",
    "--lines N           how many of each file (default: 20)",
    "--engines           those of the engines too",
    folderHelp,
  ],
  options: {
    ...folderOption,
    follow: { type: "boolean", default: false },
    lines: { type: "string", default: "20" },
    engines: { type: "boolean", default: false },
  },
  run: async ({ folder, follow, lines, engines }) => {
    if (!/^\d{1,6}$/.test(lines)) throw new UsageError(`--lines takes a number of lines; it was given "${lines}"`);
    const paths = statePaths(resolve(folder ?? `.${projectName()}`));
    if (logFiles(paths.root, { engines }).length === 0)
      throw new Error(`there are no logs in ${paths.root}: up writes them`);
    const tail = createLogTail({
      files: () => logFiles(paths.root, { engines }),
      lineCount: Number(lines),
      print: console.log,
    });
    tail.poll();
    if (!follow) return EXIT.ok;
    const timer = setInterval(tail.poll, POLL_MS);
    await new Promise<void>((done) => process.once("SIGINT", done).once("SIGTERM", done));
    clearInterval(timer);
    return EXIT.ok;
  },
});
