import type { PromiseKind } from "../../contract/movement-kind.ts";
import type {
  ExtendCommand,
  PartCommand,
  PayCommand,
  Reservation,
  ReservationStatus,
} from "../../contract/reservation.ts";
import type { Refused } from "./outcome.ts";
import { instantOf } from "./plan.ts";
import { reservationExpired, versionMoved, wrongState } from "./refusal.ts";
import { type Part, takeAllLeft, takeParts } from "./reservation-parts.ts";

/** What can be done to a reservation. Only the worker sends `expire`. */
export type Act =
  | { readonly kind: "pay"; readonly command: PayCommand }
  | { readonly kind: "failPayment" | "confirm" | "expire" }
  | { readonly kind: "extend"; readonly command: ExtendCommand }
  | { readonly kind: "release" | "fulfil"; readonly command: PartCommand };

/** The result of an act: the next reservation, with the parts whose levels change too. */
export type Move =
  | { readonly kind: "moved"; readonly next: Reservation; readonly levels?: LevelMove }
  | { readonly kind: "unchanged"; readonly reservation: Reservation }
  | Refused;

interface LevelMove {
  readonly kind: PromiseKind;
  readonly parts: readonly Part[];
}

interface Moment {
  readonly atMs: number;
  readonly expectedVersion?: number | undefined;
}

/** Returns when the reservation expires if nothing happens; undefined when it has no deadline any more. */
export function deadlineOf({ status, expiresAt, payBy }: Reservation): string | undefined {
  if (status === "HELD") return expiresAt;
  return status === "PAYING" ? (payBy ?? expiresAt) : undefined;
}

/**
 * Returns the reservation as it is at an instant. From its deadline on it is EXPIRED, even before the worker has
 * written that. The deadline alone determines what the expiry writes, so a read can show it earlier, including the
 * version.
 */
export function reservationAt(stored: Reservation, atMs: number): Reservation {
  const deadline = deadlineOf(stored);
  if (deadline === undefined || atMs < Date.parse(deadline)) return stored;
  return { ...stored, status: "EXPIRED", updatedAt: deadline, version: stored.version + 1 };
}

/** Decides an act on the stored reservation at an instant. `expectedVersion` is the version of `If-Match`. */
export function moveReservation(stored: Reservation, act: Act, { atMs, expectedVersion }: Moment): Move {
  const current = reservationAt(stored, atMs);
  if (expectedVersion !== undefined && expectedVersion !== current.version) {
    return versionMoved(`reservation ${stored.id}`, expectedVersion, current.version);
  }
  if (current.status === "EXPIRED") return moveExpired(stored, current, act);
  return moveLive(current, act, atMs);
}

/** After the deadline, release and expiry both expire the reservation and its levels. Every other act is too late. */
function moveExpired(stored: Reservation, current: Reservation, act: Act): Move {
  if (act.kind !== "release" && act.kind !== "expire") {
    return reservationExpired(current.id, current.updatedAt);
  }
  if (stored.status === "EXPIRED") return { kind: "unchanged", reservation: current };
  return { kind: "moved", next: current, levels: { kind: "expire", parts: takeAllLeft(stored).parts } };
}

function moveLive(current: Reservation, act: Act, atMs: number): Move {
  if (!allowedIn[act.kind].includes(current.status)) {
    return wrongState(current.id, current.status, `${act.kind} is not possible`);
  }
  switch (act.kind) {
    case "pay":
      return moved(current, atMs, { status: "PAYING", payBy: after(atMs, act.command.payWithinSeconds) });
    case "confirm":
      return moved(withoutPayBy(current), atMs, { status: "CONFIRMED" });
    case "extend":
      return moved(current, atMs, { expiresAt: after(atMs, act.command.ttlSeconds) });
    case "failPayment":
      return failPayment(current, atMs);
    case "release":
    case "fulfil":
      return moveParts(current, act, atMs);
    case "expire":
      return { kind: "unchanged", reservation: current };
    default:
      return act satisfies never;
  }
}

const allowedIn: Record<Act["kind"], readonly ReservationStatus[]> = {
  pay: ["HELD"],
  failPayment: ["PAYING"],
  confirm: ["HELD", "PAYING"],
  extend: ["HELD"],
  release: ["HELD", "PAYING", "CONFIRMED", "PARTIALLY_FULFILLED"],
  fulfil: ["CONFIRMED", "PARTIALLY_FULFILLED"],
  expire: ["HELD", "PAYING", "CONFIRMED", "PARTIALLY_FULFILLED", "FULFILLED", "RELEASED"],
};

/** Returns the reservation to HELD, or expires it if its hold time ended during the payment. */
function failPayment(current: Reservation, atMs: number): Move {
  const held: Reservation = { ...withoutPayBy(current), status: "HELD" };
  if (atMs < Date.parse(held.expiresAt)) return moved(held, atMs, {});
  const next = { ...held, status: "EXPIRED" as const, updatedAt: instantOf(atMs), version: held.version + 1 };
  return { kind: "moved", next, levels: { kind: "expire", parts: takeAllLeft(current).parts } };
}

type PartAct = Extract<Act, { kind: "release" | "fulfil" }>;

const countedAs = { release: "released", fulfil: "fulfilled" } as const satisfies Record<PartAct["kind"], string>;

function moveParts(current: Reservation, { kind, command }: PartAct, atMs: number): Move {
  const field = countedAs[kind];
  const taken = command.lines ? takeParts(current, field, command.lines) : takeAllLeft(current, field);
  if (taken.kind === "short") return wrongState(current.id, current.status, taken.detail);
  const status = statusAfter(kind, current.status, taken.lines);
  const next = status === "RELEASED" || status === "FULFILLED" ? withoutPayBy(current) : current;
  return { ...moved(next, atMs, { status, lines: taken.lines }), levels: { kind, parts: taken.parts } };
}

function statusAfter(kind: PartAct["kind"], status: ReservationStatus, lines: Reservation["lines"]): ReservationStatus {
  const allocations = lines.flatMap((line) => line.allocations);
  const nothingLeft = allocations.every(({ quantity, fulfilled, released }) => quantity === fulfilled + released);
  if (nothingLeft) return allocations.some(({ fulfilled }) => fulfilled > 0) ? "FULFILLED" : "RELEASED";
  return kind === "fulfil" ? "PARTIALLY_FULFILLED" : status;
}

type Moved = Extract<Move, { kind: "moved" }>;

function moved(current: Reservation, atMs: number, fields: Partial<Reservation>): Moved {
  const next = { ...current, ...fields, updatedAt: instantOf(atMs), version: current.version + 1 };
  return { kind: "moved", next };
}

function withoutPayBy({ payBy: _, ...rest }: Reservation): Reservation {
  return rest;
}

const after = (atMs: number, seconds: number): string => instantOf(atMs + seconds * 1_000);
