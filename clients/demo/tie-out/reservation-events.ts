import type { Pool } from "pg";
import { z } from "zod";
import { type EventType, eventId } from "../../../contract/event.ts";
import { ReservationStatus } from "../../../contract/reservation.ts";
import type { EventLog, MadeEvent } from "../listen/event-log.ts";

const pageRowCount = 5_000;

const Row = z.object({
  reservation_id: z.string(),
  version: z.coerce.number(),
  status: ReservationStatus,
  at_ms: z.coerce.number(),
});

/**
 * The event that announces a change to each status of a reservation of the demo. The demo never pays, extends or
 * releases a part.
 */
const announcedIn = {
  HELD: "ReservationHeld",
  PAYING: "ReservationPaying",
  CONFIRMED: "ReservationConfirmed",
  PARTIALLY_FULFILLED: "ReservationFulfilled",
  FULFILLED: "ReservationFulfilled",
  RELEASED: "ReservationReleased",
  EXPIRED: "ReservationExpired",
} as const satisfies Record<ReservationStatus, EventType>;

/** Reads audit.reservation_event for the reservations of a run, in pages, and records the event of each row. */
export async function recordReservations(pool: Pool, runId: string, events: EventLog): Promise<void> {
  // Reservation ids of a run begin with its id and a dash. The dot is the character after the dash.
  let after: unknown[] = [`${runId}-`, 0];
  for (;;) {
    const { rows } = await pool.query<Record<string, unknown>>(
      `SELECT reservation_id, version, status, extract(epoch FROM at) * 1000 AS at_ms
       FROM audit.reservation_event
       WHERE (reservation_id, version) > ($1, $2) AND reservation_id < $3
       ORDER BY reservation_id, version
       LIMIT ${pageRowCount}`,
      [...after, `${runId}.`],
    );
    events.addRecorded(rows.map((row) => announcedBy(Row.parse(row))));
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRowCount) return;
    after = [last.reservation_id, last.version];
  }
}

const announcedBy = ({ reservation_id, version, status, at_ms }: z.output<typeof Row>): MadeEvent => ({
  id: eventId(announcedIn[status], `reservation/${reservation_id}`, version),
  atMs: at_ms,
});

export const isOfRun = (runId: string, reservationId: string): boolean => reservationId.startsWith(`${runId}-`);

/** Returns whether audit.reservation_event has this version of a reservation, of any run or client. */
export async function isRecorded(pool: Pool, reservationId: string, version: number): Promise<boolean> {
  const query = "SELECT 1 FROM audit.reservation_event WHERE reservation_id = $1 AND version = $2";
  return (await pool.query(query, [reservationId, version])).rows.length > 0;
}
