import { appendFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServiceContext } from "../context.ts";
import { compilePattern, type Json } from "../event-pattern.ts";
import type { BusEvent } from "./event.ts";
import type { ArchiveOptions } from "./event-bus-service.ts";

export interface EventArchive {
  readonly options: ArchiveOptions;
  /** All events, one JSON text each, where the archive has no file. */
  readonly lines: readonly string[];
  /** Stores the events that match the pattern, in the order of the calls. */
  store(events: readonly BusEvent[]): Promise<void>;
  /** The events whose time is within the window. */
  read(window: { readonly fromMs: number; readonly toMs: number }): Promise<readonly BusEvent[]>;
}

const millisecondsPerDay = 86_400_000;

/**
 * One file of JSON lines, or only memory. Events that are older than the retention are no longer returned.
 * `before` is the archive that this one replaces.
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

  /** One write after another, so that the file has the order of the calls. */
  function append(path: string, text: string): Promise<void> {
    const next = written.then(async () => {
      await mkdir(folder, { recursive: true });
      await appendFile(path, text);
    });
    written = next.catch(() => undefined);
    return next;
  }

  return {
    options,
    lines,
    store: async (events) => {
      const matching = events.filter(matches).map((event) => `${JSON.stringify(event)}\n`);
      if (matching.length === 0) return;
      if (file === undefined) lines.push(...matching);
      else await append(file, matching.join(""));
    },
    read: async ({ fromMs, toMs }) => {
      await written;
      const text = file === undefined ? lines.join("") : await readFile(file, "utf8").catch(() => "");
      const oldestMs = oldestKeptMs(options, context.timers.now());
      return eventsIn(text).filter(({ time }) => {
        const atMs = Date.parse(String(time));
        return atMs >= Math.max(fromMs, oldestMs) && atMs <= toMs;
      });
    },
  };
}

const oldestKeptMs = ({ retentionDays }: ArchiveOptions, nowMs: number): number =>
  retentionDays === undefined ? 0 : nowMs - retentionDays * millisecondsPerDay;

const eventsIn = (text: string): BusEvent[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as BusEvent);
