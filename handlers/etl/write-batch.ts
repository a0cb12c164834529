import type { Database } from "../runtime/database/database.ts";
import { type Change, changeFacts, type StreamRecord } from "./change.ts";
import { type GapChange, recordGaps } from "./gap-statement.ts";
import { insertMovements, insertReservationEvents, upsertStockLevels } from "./ledger-statements.ts";
import { movementRow, newestLevels } from "./movement-row.ts";
import { reservationEventRow } from "./reservation-event-row.ts";
import { moveWatermarks, type Position } from "./watermark-statement.ts";

export interface BatchEntry {
  readonly record: StreamRecord;
  readonly change: Change;
}

export interface BatchWritten {
  readonly movementsInserted: number;
  readonly gapChanges: readonly GapChange[];
}

/**
 * Writes a batch in one transaction: one statement a target, each right under duplicates and any order.
 * The levels go first, for their upsert locks them: what follows sees every version that others have written.
 */
export function writeBatch(database: Database, entries: readonly BatchEntry[]): Promise<BatchWritten> {
  const movements = entries.flatMap(({ change }) => (change.kind === "level" ? [movementRow(change.level)] : []));
  const events = entries.flatMap(({ change }) =>
    change.kind === "reservation" ? [reservationEventRow(change.reservation)] : [],
  );
  return database.transaction().execute(async (transaction) => {
    let written: BatchWritten = { movementsInserted: 0, gapChanges: [] };
    if (movements.length > 0) {
      const known = await upsertStockLevels(transaction, newestLevels(movements));
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
    changedAt: changeFacts(change)?.updatedAt,
  };
}
