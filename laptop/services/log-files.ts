import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import type { LogLine } from "./context.ts";

const fileBytesMax = 10 * 1024 * 1024;

/** One file for each source, such as `lambda-orders.log`. When it is full, it is renamed to `.1` and a new one starts. */
export function createLogFiles(folder: string) {
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, { stream: WriteStream; bytes: number }>();

  function open(path: string) {
    const stream = createWriteStream(path, { flags: "a" });
    return { stream, bytes: statSync(path, { throwIfNoEntry: false })?.size ?? 0 };
  }

  return {
    write: ({ source, line }: LogLine): void => {
      const path = join(folder, `${source.replaceAll(/[^A-Za-z0-9._-]/g, "-")}.log`);
      let file = files.get(path) ?? open(path);
      if (file.bytes > fileBytesMax) {
        file.stream.end();
        renameSync(path, `${path}.1`);
        file = open(path);
      }
      file.stream.write(`${line}\n`);
      file.bytes += line.length + 1;
      files.set(path, file);
    },
    close: async (): Promise<void> => {
      await Promise.all([...files.values()].map(({ stream }) => new Promise<void>((resolve) => stream.end(resolve))));
    },
  };
}
