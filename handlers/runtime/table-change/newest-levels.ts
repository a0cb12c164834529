import type { Level } from "../../../contract/level.ts";
import { LevelRecord, placeKey, toLevel } from "../../inventory/index.ts";
import { createChangeReader, recordFacts } from "./change-reader.ts";
import { type KinesisRecord, kinesisChange } from "./kinesis.ts";

export interface NewestLevels {
  /** The newest version of each level in the batch, for any order and repetition of its changes. */
  readonly levels: readonly Level[];
  /** Event ids of records that cannot be read. The ETL reads the same stream and quarantines them. */
  readonly unreadable: readonly string[];
  /** Ids of the requests that made the changes, including older versions. */
  readonly correlationIds: ReadonlySet<string>;
  /** The time of each change. */
  readonly changedAt: readonly string[];
}

const readChange = createChangeReader(kinesisChange, { schemas: { level: LevelRecord }, unexpected: "ignored" });

/** Reduces a batch to the newest version of each level, for consumers that do not need older versions. */
export function newestLevels(records: readonly KinesisRecord[]): NewestLevels {
  const newest = new Map<string, LevelRecord>();
  const unreadable: string[] = [];
  const correlationIds = new Set<string>();
  const changedAt: string[] = [];
  for (const record of records) {
    const change = readChange(record);
    if (change.kind === "wrong") unreadable.push(record.eventID);
    if (change.kind !== "level") continue;
    const facts = recordFacts(change.after);
    correlationIds.add(facts.requestId);
    changedAt.push(facts.changedAt);
    const key = placeKey(change.after);
    if (change.after.version > (newest.get(key)?.version ?? 0)) newest.set(key, change.after);
  }
  const levels = [...newest.values()].map((level) => toLevel(level, level));
  return { levels, unreadable, correlationIds, changedAt };
}
