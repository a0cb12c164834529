import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { z } from "zod";

/** Writes the whole file or nothing, even when the process is killed meanwhile. */
export function writeJson(file: string, value: unknown, options: { readonly mode?: number } = {}): void {
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}.new`;
  writeFileSync(unfinished, `${JSON.stringify(value, null, 2)}\n`, { mode: options.mode ?? 0o644 });
  renameSync(unfinished, file);
}

export function readJson<T extends z.ZodType>(file: string, schema: T): z.infer<T> | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new Error(`${file} is not readable as what was written there; remove it, then try again`, { cause });
  }
}
