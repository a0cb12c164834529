import type { Database } from "../runtime/database/database.ts";
import { type Change, type KinesisRecord, recordFacts } from "../runtime/table-change/index.ts";
import { type GapChange, recordGaps } from "./gap-statement.ts";
import { insertMovements, insertReservationEvents, upsertStockLevels } from "./ledger-statements.ts";
import { movementRow, newestLevelRows } from "./movement-row.ts";
import { reservationEventRow } from "./reservation-event-row.ts";
import { moveWatermarks, type Position } from "./watermark-statement.ts";

type LedgerChange = Change<"level" | "reservation">;

export interface BatchEntry {
  readonly record: KinesisRecord;
  readonly change: LedgerChange;
}

/** Returns which request made a change, and when; undefined when the change is not written. */
export const factsOf = (change: LedgerChange) => ("after" in change ? recordFacts(change.after) : undefined);

export interface BatchWritten {
  readonly movementsInserted: number;
  readonly gapChanges: readonly GapChange[];
}

/**
 * Writes a batch in one transaction with one statement per target table. Each statement gives the right result for
 * duplicates and any order. The levels are written first, because their upsert locks them: the later statements then
 * see every version that other writers have committed.
 */
export function writeBatch(database: Database, entries: readonly BatchEntry[]): Promise<BatchWritten> {
  const movements = entries.flatMap(({ change }) => (change.kind === "level" ? [movementRow(change.after)] : []));
  const events = entries.flatMap(({ change }) =>
    change.kind === "reservation" ? [reservationEventRow(change.after)] : [],
  );
  return database.transaction().execute(async (transaction) => {
    let written: BatchWritten = { movementsInserted: 0, gapChanges: [] };
    if (movements.length > 0) {
      const known = await upsertStockLevels(transaction, newestLevelRows(movements));
      const movementsInserted = await insertMovements(transaction, movements);
      written = { movementsInserted, gapChanges: await recordGaps(transaction, movements, known) };
    }
    if (events.length > 0) await insertReservationEvents(transaction, events);
    await moveWatermarks(transaction, entries.map(positionOf));
    return written;
  });
}

function positionOf({ record, change }: BatchEntry): Position {
  const { sequenceNumber, approximateArrivalTimestamp } = record.kinesis;
  return {
    shardId: record.eventID.slice(0, record.eventID.indexOf(":")),
    sequenceNumber,
    arrivedAt: new Date(approximateArrivalTimestamp * 1_000).toISOString(),
    changedAt: factsOf(change)?.changedAt,
  };
}
