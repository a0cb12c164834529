import { appendFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServiceContext } from "../context.ts";
import { compilePattern, type Json } from "../event-pattern.ts";
import type { BusEvent } from "./event.ts";
import type { ArchiveOptions } from "./event-bus-service.ts";

export interface EventArchive {
  readonly options: ArchiveOptions;
  /** Where there is no file. */
  readonly lines: readonly string[];
  /** Keeps those of the events that match, in the order of the calls. */
  keep(events: readonly BusEvent[]): Promise<void>;
  /** Those whose time is within. */
  read(window: { readonly fromMs: number; readonly toMs: number }): Promise<readonly BusEvent[]>;
}

const millisecondsPerDay = 86_400_000;

/**
 * One file of JSON lines, or memory alone. What is older than the retention is not given out any more. `before` is the
 * archive that this one takes the place of.
 */
export function createEventArchive(
  context: ServiceContext,
  options: ArchiveOptions,
  before?: EventArchive,
): EventArchive {
  const folder = join(context.folder, "event-archives");
  const file = context.storage === "disk" ? join(folder, `${options.name}.ndjson`) : undefined;
  const matches = options.pattern === undefined ? () => true : compilePattern(JSON.parse(options.pattern) as Json);
  const lines: string[] = [...(before?.lines ?? [])];
  let written = Promise.resolve();
  return {
    options,
    lines,
    keep: (events) => {
      const kept = events.filter(matches).map((event) => `${JSON.stringify(event)}\n`);
      if (kept.length === 0) return Promise.resolve();
      if (file === undefined) {
        lines.push(...kept);
        return Promise.resolve();
      }
      const next = written.then(async () => {
        await mkdir(folder, { recursive: true });
        await appendFile(file, kept.join(""));
      });
      written = next.catch(() => undefined);
      return next;
    },
    read: async ({ fromMs, toMs }) => {
      await written;
      const text = file === undefined ? lines.join("") : await readFile(file, "utf8").catch(() => "");
      const oldestMs =
        options.retentionDays === undefined ? 0 : context.timers.now() - options.retentionDays * millisecondsPerDay;
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as BusEvent)
        .filter(({ time }) => {
          const atMs = Date.parse(String(time));
          return atMs >= Math.max(fromMs, oldestMs) && atMs <= toMs;
        });
    },
  };
}
