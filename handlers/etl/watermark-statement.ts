import { sql } from "kysely";
import type { Database } from "../runtime/database/database.ts";
import { type Columns, namesOf, type RowOf, recordSet } from "./record-set.ts";

const watermarkColumns = {
  consumer: { type: "text" },
  shard_id: { type: "text" },
  sequence_number: { type: "text" },
  arrived_at: { type: "timestamptz" },
  changed_at: { type: "timestamptz", nullable: true },
} as const satisfies Columns;

/** The position of one record in its shard. `changedAt` is set for a change that is written. */
export interface Position {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly arrivedAt: string;
  readonly changedAt: string | undefined;
}

/** Moves each shard's watermark to the latest of these positions, never back. */
export async function moveWatermarks(database: Database, positions: readonly Position[]): Promise<void> {
  const names = namesOf(watermarkColumns);
  await database
    .insertInto("ops.watermark")
    .columns(names)
    .expression(
      database
        .selectFrom(recordSet(watermarkColumns, furthest(positions)))
        .select(names)
        .orderBy("shard_id"),
    )
    .onConflict((conflict) =>
      conflict.columns(["consumer", "shard_id"]).doUpdateSet((eb) => ({
        sequence_number: sql`greatest(watermark.sequence_number::numeric, excluded.sequence_number::numeric)::text`,
        arrived_at: sql`greatest(watermark.arrived_at, excluded.arrived_at)`,
        changed_at: sql`greatest(watermark.changed_at, excluded.changed_at)`,
        moved_at: eb.fn("now"),
      })),
    )
    .execute();
}

function furthest(positions: readonly Position[]): readonly RowOf<typeof watermarkColumns>[] {
  const byShard = new Map<string, RowOf<typeof watermarkColumns>>();
  for (const { shardId, sequenceNumber, arrivedAt, changedAt = null } of positions) {
    const other = byShard.get(shardId);
    byShard.set(shardId, {
      consumer: "etl",
      shard_id: shardId,
      sequence_number:
        other && BigInt(other.sequence_number) > BigInt(sequenceNumber) ? other.sequence_number : sequenceNumber,
      arrived_at: other && other.arrived_at > arrivedAt ? other.arrived_at : arrivedAt,
      changed_at:
        other?.changed_at && (changedAt === null || other.changed_at > changedAt) ? other.changed_at : changedAt,
    });
  }
  return [...byShard.values()];
}
