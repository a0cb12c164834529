import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";

/** The project in the working directory names the folder of its state, and the audience of its tokens. */
export function projectName(): string {
  const name = readJson("package.json", z.object({ name: z.string() }).loose())?.name ?? "laptop";
  return name.split("/").at(-1) ?? name;
}

/** Where things lie in the folder that holds all state of one laptop cloud. */
export function statePaths(folder: string) {
  const root = resolve(folder);
  const at = (...parts: string[]) => join(root, ...parts);
  return {
    root,
    /** What startCloud keeps: engines, services. */
    cloud: at("cloud"),
    logs: at("logs"),
    log: at("logs", "laptop.log"),
    daemon: at("daemon.json"),
    endpoints: at("endpoints.json"),
    outputs: at("outputs.json"),
    ports: at("ports.json"),
    keys: at("issuer-keys.json"),
  } as const;
}

export type StatePaths = ReturnType<typeof statePaths>;

/** Whole or not at all, also when the process is killed on the way. */
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
