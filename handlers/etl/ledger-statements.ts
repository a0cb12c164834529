import { sql } from "kysely";
import type { Database } from "../runtime/database/database.ts";
import {
  deltaColumns,
  type MovementRow,
  movementColumns,
  type StockLevelRow,
  stockLevelColumns,
} from "./movement-row.ts";
import { namesOf, recordSet } from "./record-set.ts";
import { type ReservationEventRow, reservationEventColumns } from "./reservation-event-row.ts";

export interface KnownLevel {
  readonly sku: string;
  readonly location: string;
  /** The highest version before this batch; 0 when the level was unknown. */
  readonly version: number;
}

/**
 * Sets each level to its row unless the table has a later version. Returns the versions that were known before.
 * The upsert locks the levels until the transaction ends. All writers lock them in the same order.
 */
export function upsertStockLevels(database: Database, rows: readonly StockLevelRow[]): Promise<KnownLevel[]> {
  const names = namesOf(stockLevelColumns);
  const moved = names.filter((name) => name !== "sku" && name !== "location");
  return database
    .with("record", (db) => db.selectFrom(recordSet(stockLevelColumns, rows)).select(names))
    .with("written", (db) =>
      db
        .insertInto("reporting.stock_level")
        .columns(names)
        .expression(db.selectFrom("record").select(names).orderBy("sku").orderBy("location"))
        .onConflict((conflict) =>
          conflict
            .columns(["sku", "location"])
            .doUpdateSet((eb) => Object.fromEntries(moved.map((name) => [name, eb.ref(`excluded.${name}`)])))
            .whereRef("reporting.stock_level.version", "<", "excluded.version"),
        )
        .returning("version"),
    )
    .selectFrom("record")
    .leftJoin("reporting.stock_level as known", (join) =>
      join.onRef("known.sku", "=", "record.sku").onRef("known.location", "=", "record.location"),
    )
    .select((eb) => [
      "record.sku",
      "record.location",
      eb.fn.coalesce("known.version", sql<number>`0::bigint`).as("version"),
    ])
    .execute();
}

/** Adds the new rows to the ledger, and adds exactly these rows to the rollup. Returns their number. */
export async function insertMovements(database: Database, rows: readonly MovementRow[]): Promise<number> {
  const names = namesOf(movementColumns);
  const deltas = namesOf(deltaColumns);
  const added = ["movement_count", ...deltas] as const;
  const { count } = await database
    .with("inserted", (db) =>
      db
        .insertInto("audit.movement")
        .columns(names)
        .expression(db.selectFrom(recordSet(movementColumns, rows)).select(names))
        .onConflict((conflict) => conflict.columns(["sku", "location", "version", "at"]).doNothing())
        .returning(["sku", "location", "kind", "at", ...deltas]),
    )
    .with("rolled", (db) =>
      db
        .insertInto("reporting.stock_movement_daily")
        .columns(["sku", "location", "moved_on", "kind", ...added])
        .expression(
          db
            .selectFrom("inserted")
            .select((eb) => [
              "sku",
              "location",
              dayOf.as("moved_on"),
              "kind",
              eb.fn.countAll().as("movement_count"),
              ...deltas.map((name) => eb.fn.sum(name).as(name)),
            ])
            .groupBy(["sku", "location", dayOf, "kind"])
            .orderBy("sku")
            .orderBy("location"),
        )
        .onConflict((conflict) =>
          conflict
            .columns(["sku", "location", "moved_on", "kind"])
            .doUpdateSet((eb) =>
              Object.fromEntries(
                added.map((name) => [
                  name,
                  eb(`reporting.stock_movement_daily.${name}`, "+", eb.ref(`excluded.${name}`)),
                ]),
              ),
            ),
        )
        .returning("kind"),
    )
    .selectFrom("inserted")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

const dayOf = sql<string>`(at AT TIME ZONE 'UTC')::date`;

/** Adds new events. All writers use the same order to avoid deadlocks, because nothing else locks a reservation. */
export async function insertReservationEvents(database: Database, rows: readonly ReservationEventRow[]): Promise<void> {
  const names = namesOf(reservationEventColumns);
  await database
    .insertInto("audit.reservation_event")
    .columns(names)
    .expression(
      database
        .selectFrom(recordSet(reservationEventColumns, rows))
        .select(names)
        .orderBy("reservation_id")
        .orderBy("version"),
    )
    .onConflict((conflict) => conflict.columns(["reservation_id", "version"]).doNothing())
    .execute();
}
