import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { basename } from "node:path";
import { entryWith, type LogEntry } from "./log-entry.ts";

const newline = 10;
const chunkBytes = 1024 * 1024;
/** A longer line is not a log line. This limits the memory that one file needs. */
const lineBytesMax = 8 * 1024 * 1024;

export interface LogSearch {
  /** The lines that mention the id and were written since the last call, in the order of each file. */
  read(): LogEntry[];
  readonly bytesRead: number;
  readonly fileCount: number;
}

/** Searches log files for lines that mention an id. Large files need time, not memory. */
export function createLogSearch(id: string, files: () => readonly string[]): LogSearch {
  const needle = Buffer.from(id);
  const offsets = new Map<string, number>();
  let bytesRead = 0;

  function readFile(file: string, found: LogEntry[]): void {
    const source = basename(file)
      .replace(/\.log(\.\d+)?$/, "")
      .replace(/^lambda-/, "");
    const from = startOf(file, offsets.get(file) ?? 0);
    const take = (line: Buffer) => {
      const entry = line.includes(needle) ? entryWith(id, line.toString("utf8"), source) : undefined;
      if (entry) found.push(entry);
    };
    const end = forEachPart(file, from, (part) => forEachLineWith(needle, part, take));
    bytesRead += end - from;
    offsets.set(file, end);
  }

  return {
    read: () => {
      const found: LogEntry[] = [];
      for (const file of files()) readFile(file, found);
      return found;
    },
    get bytesRead() {
      return bytesRead;
    },
    get fileCount() {
      return offsets.size;
    },
  };
}

/** The writer may have started a new file. */
function startOf(file: string, offset: number): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return size < offset ? 0 : offset;
}

/** Calls `take` with the whole lines of a file, in parts. Returns the offset where the last whole line ends. */
function forEachPart(file: string, from: number, take: (lines: Buffer) => void): number {
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    let offset = from;
    let buffer = Buffer.allocUnsafe(chunkBytes);
    while (offset < size) {
      const part = buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, offset));
      const end = part.lastIndexOf(newline) + 1;
      if (end === 0 && offset + part.length >= size) break; // The last line is still being written.
      take(part.subarray(0, end));
      offset += end;
      if (end > 0) continue;
      if (buffer.length >= lineBytesMax) offset += part.length;
      else buffer = Buffer.allocUnsafe(buffer.length * 2);
    }
    return offset;
  } finally {
    closeSync(descriptor);
  }
}

function forEachLineWith(needle: Buffer, lines: Buffer, take: (line: Buffer) => void): void {
  for (let at = lines.indexOf(needle); at >= 0; ) {
    const start = lines.lastIndexOf(newline, at) + 1;
    const end = lines.indexOf(newline, at);
    take(lines.subarray(start, end));
    at = lines.indexOf(needle, end);
  }
}
