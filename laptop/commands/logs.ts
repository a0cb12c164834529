import { renderEntry } from "../logs/log-entry.ts";
import { createLogSearch } from "../logs/log-search.ts";
import { createLogTail, logFiles } from "../logs/log-tail.ts";
import { defineCommand, exitCodes, UsageError } from "./command.ts";
import { folderHelp, folderOption, pathsOf } from "./project.ts";

const pollMs = 250;

export const logs = defineCommand({
  summary: "print the last log lines of the cloud and its functions",
  help: [
    "--id ID             only what contains this id (of a request or another thing), in order of time",
    "--follow            keep printing new lines",
    "--lines N           number of lines of each file (default: 20)",
    "--engines           the logs of the engines too",
    folderHelp,
  ],
  options: {
    ...folderOption,
    id: { type: "string" },
    follow: { type: "boolean", default: false },
    lines: { type: "string", default: "20" },
    engines: { type: "boolean", default: false },
  },
  run: async ({ folder, id, follow, lines, engines }) => {
    if (id === "") throw new UsageError("--id is empty; give the id of a request or another thing");
    if (!/^\d{1,6}$/.test(lines)) throw new UsageError(`--lines must be a number of lines; it was given "${lines}"`);
    const paths = pathsOf(folder);
    if (logFiles(paths.root, { engines }).length === 0)
      throw new Error(`there are no logs in ${paths.root}: up writes them`);
    if (id !== undefined) return followId(id, paths.root, follow);
    const tail = createLogTail({
      files: () => logFiles(paths.root, { engines }),
      lineCount: Number(lines),
      print: console.log,
    });
    tail.poll();
    if (follow) await untilInterrupted(tail.poll);
    return exitCodes.ok;
  },
});

/** Prints what all logs contain about the id, in order of time. Returns exit code 1 when they contain nothing. */
async function followId(id: string, root: string, follow: boolean): Promise<number> {
  const search = createLogSearch(id, () => logFiles(root, { engines: false, rotated: true }));
  let firstMs: number | undefined;
  let sourceWidth = 0;
  const printNew = (): number => {
    const found = search.read().toSorted((one, other) => (one.atMs ?? 0) - (other.atMs ?? 0));
    firstMs ??= found.find(({ atMs }) => atMs !== undefined)?.atMs;
    sourceWidth = Math.max(sourceWidth, ...found.map(({ source }) => source.length));
    for (const entry of found) console.log(renderEntry(entry, firstMs, sourceWidth));
    return found.length;
  };
  const count = printNew();
  if (follow) await untilInterrupted(printNew);
  if (count > 0 || follow) return exitCodes.ok;
  const megabytes = (search.bytesRead / 1024 ** 2).toFixed(1);
  console.error(
    `no log contains "${id}" as a whole value (${search.fileCount} logs, ${megabytes} MB, in ${root}); only the last two files of each function are kept`,
  );
  return exitCodes.failed;
}

async function untilInterrupted(poll: () => void): Promise<void> {
  const timer = setInterval(poll, pollMs);
  await new Promise<void>((done) => process.once("SIGINT", done).once("SIGTERM", done));
  clearInterval(timer);
}
