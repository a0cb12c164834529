import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { Value } from "./value.ts";

const File = z.strictObject({ version: z.literal(1), entries: z.record(z.string(), z.json()) });

/** Small facts that must survive a restart: ports, generated passwords, the last arguments of an invocation. */
export interface State {
  get<T extends z.ZodType>(key: string, schema: T): z.infer<T> | undefined;
  set(key: string, value: Value): void;
  keys(): readonly string[];
}

/** Kept in `file`, which is replaced as a whole: a killed process leaves either the old or the new content. */
export function openState(file: string): State {
  const entries = new Map(Object.entries(read(file)));
  return view(entries, () => {
    mkdirSync(dirname(file), { recursive: true });
    const next = `${file}.next`;
    writeFileSync(next, `${JSON.stringify({ version: 1, entries: Object.fromEntries(entries) }, null, 2)}\n`, {
      mode: 0o600,
    });
    renameSync(next, file);
  });
}

/** Ends with the process, as engines in memory do. */
export function memoryState(): State {
  return view(new Map(), () => undefined);
}

function view(entries: Map<string, unknown>, save: () => void): State {
  return {
    get: (key, schema) => {
      const parsed = schema.safeParse(entries.get(key));
      return parsed.success ? parsed.data : undefined;
    },
    set: (key, value) => {
      if (JSON.stringify(entries.get(key)) === JSON.stringify(value)) return;
      entries.set(key, value);
      save();
    },
    keys: () => [...entries.keys()],
  };
}

function read(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  const parsed = File.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${file} is not a state file of this version; reset the state to start afresh`);
  return parsed.data.entries;
}
