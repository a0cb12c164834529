import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { StringDecoder } from "node:string_decoder";

const engineLog = "engine.log";
const depthMax = 4;
const firstReadBytesMax = 256 * 1024;

interface Position {
  offset: number;
  unfinishedLine: string;
  readonly decoder: StringDecoder;
}

/** All `*.log` files below `folder`; with `rotated`, their predecessors too. */
export function logFiles(
  folder: string,
  options: { readonly engines: boolean; readonly rotated?: boolean },
  depth = 1,
): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return depth < depthMax ? logFiles(path, options, depth + 1) : [];
    const isLog = (options.rotated ? /\.log(\.\d+)?$/ : /\.log$/).test(entry.name);
    const isWanted = isLog && (options.engines || !entry.name.startsWith(engineLog));
    return entry.isFile() && isWanted ? [path] : [];
  });
}

/** Prints the last lines of each file at the first poll, and the added lines at each further poll. */
export function createLogTail(options: {
  readonly files: () => readonly string[];
  readonly lineCount: number;
  readonly print: (line: string) => void;
}): { poll(): void } {
  const positions = new Map<string, Position>();
  let isFirst = true;
  return {
    poll: () => {
      for (const file of options.files()) {
        const position = positions.get(file) ?? startOf(file, isFirst);
        positions.set(file, position);
        const lines = readLines(file, position);
        const shown = isFirst ? lines.slice(lines.length - Math.min(lines.length, options.lineCount)) : lines;
        for (const line of shown) options.print(`${label(file)} | ${line}`);
      }
      isFirst = false;
    },
  };
}

function startOf(file: string, isFirst: boolean): Position {
  const offset = isFirst ? Math.max(0, statSync(file).size - firstReadBytesMax) : 0;
  return { offset, unfinishedLine: "", decoder: new StringDecoder("utf8") };
}

function readLines(file: string, position: Position): string[] {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size < position.offset) position.offset = 0; // The writer has started a new file.
  const buffer = Buffer.alloc(size - position.offset);
  if (buffer.length === 0) return [];
  const descriptor = openSync(file, "r");
  const byteCount = readSync(descriptor, buffer, 0, buffer.length, position.offset);
  closeSync(descriptor);
  position.offset += byteCount;
  const lines = (position.unfinishedLine + position.decoder.write(buffer.subarray(0, byteCount))).split("\n");
  position.unfinishedLine = lines.pop() ?? "";
  return lines;
}

function label(file: string): string {
  return basename(file) === engineLog ? basename(dirname(file)) : basename(file, ".log");
}
