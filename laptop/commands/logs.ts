import { renderEntry } from "../logs/log-entry.ts";
import { createLogSearch } from "../logs/log-search.ts";
import { createLogTail, logFiles } from "../logs/log-tail.ts";
import { defineCommand, exitCodes, UsageError } from "./command.ts";
import { folderHelp, folderOption, pathsOf } from "./project.ts";

const pollMs = 250;

export const logs = defineCommand({
  summary: "print the last log lines of the cloud and its functions",
  help: [
    "--id ID             what mentions this id (of a request, or of a thing), in order of time",
    "--follow            go on printing what is written",
    "--lines N           how many of each file (default: 20)",
    "--engines           those of the engines too",
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
    if (id === "") throw new UsageError("--id is empty; give the id of a request, or of a thing");
    if (!/^\d{1,6}$/.test(lines)) throw new UsageError(`--lines takes a number of lines; it was given "${lines}"`);
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

/** Prints what mentions the id in all logs, in order of time; exit code 1 when nothing does. */
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
    `nothing mentions "${id}" as a whole value in ${search.fileCount} logs (${megabytes} MB) in ${root}; what is older than the last two files of a function is gone`,
  );
  return exitCodes.failed;
}

async function untilInterrupted(poll: () => void): Promise<void> {
  const timer = setInterval(poll, pollMs);
  await new Promise<void>((done) => process.once("SIGINT", done).once("SIGTERM", done));
  clearInterval(timer);
}
