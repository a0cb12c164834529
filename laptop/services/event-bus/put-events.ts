import type { ServiceContext } from "../context.ts";
import { EngineError } from "../wire.ts";
import type { Archives } from "./archives.ts";
import { isTooLarge, PutEvents, type ReadEntry, readEntry } from "./event.ts";
import { parseInput, validationError } from "./input.ts";
import type { Rules } from "./rules.ts";

export interface PutEventsPorts {
  readonly context: Pick<ServiceContext, "region" | "accountId" | "timers">;
  readonly busNames: ReadonlySet<string>;
  readonly archives: Archives;
  readonly rules: Rules;
}

/** Answers when the events are in their archives and were sent to their targets once. */
export async function putEvents(ports: PutEventsPorts, input: unknown): Promise<object> {
  const { region, accountId, timers } = ports.context;
  const { Entries } = parseInput(PutEvents, input);
  if (isTooLarge(Entries)) throw validationError("Total size of the entries in the request is over the limit.");
  const place = { region, accountId, nowMs: timers.now() };
  const entries = Entries.map((entry) => readEntry(entry, place));
  const busNames = new Set(entries.flatMap((entry) => (entry.kind === "event" ? [entry.busName] : [])));
  for (const busName of busNames) await putOnBus(ports, busName, entries);
  return {
    FailedEntryCount: entries.filter(({ kind }) => kind === "refused").length,
    Entries: entries.map((entry) =>
      entry.kind === "event" ? { EventId: entry.event.id } : { ErrorCode: entry.code, ErrorMessage: entry.message },
    ),
  };
}

async function putOnBus(ports: PutEventsPorts, busName: string, entries: readonly ReadEntry[]): Promise<void> {
  if (!ports.busNames.has(busName)) {
    const message = `Event bus ${busName} does not exist.`;
    throw new EngineError({ code: "ResourceNotFoundException", status: 400, message });
  }
  const events = entries.flatMap((entry) => (entry.kind === "event" && entry.busName === busName ? [entry.event] : []));
  await ports.archives.store(busName, events);
  await ports.rules.route(events, { busName });
}
