import type { ReservationRecord } from "../inventory/index.ts";
import type { Columns, RowOf } from "./record-set.ts";
import { storable } from "./storable.ts";

const text = { type: "text" } as const;
const optionalText = { type: "text", nullable: true } as const;
const timestamptz = { type: "timestamptz" } as const;

/** The inserted columns of `audit.reservation_event`. */
export const reservationEventColumns = {
  reservation_id: text,
  version: { type: "bigint" },
  status: text,
  owner: text,
  channel: optionalText,
  reference: optionalText,
  lines: { type: "jsonb" },
  expires_at: timestamptz,
  pay_by: { type: "timestamptz", nullable: true },
  created_at: timestamptz,
  at: timestamptz,
  actor: text,
  request_id: text,
} as const satisfies Columns;
export type ReservationEventRow = RowOf<typeof reservationEventColumns>;

export function reservationEventRow(reservation: ReservationRecord): ReservationEventRow {
  return {
    reservation_id: reservation.id,
    version: reservation.version,
    status: reservation.status,
    owner: storable(reservation.owner),
    channel: reservation.channel === undefined ? null : storable(reservation.channel),
    reference: reservation.reference === undefined ? null : storable(reservation.reference),
    lines: reservation.lines,
    expires_at: reservation.expiresAt,
    pay_by: reservation.payBy ?? null,
    created_at: reservation.createdAt,
    at: reservation.updatedAt,
    actor: storable(reservation.actor),
    request_id: storable(reservation.requestId),
  };
}
