/**
 * A simple model of one item's stock: the contract's rules on plain numbers, one command after another. It shares no
 * code with the core, so a test can compare the two.
 */
export type Place = "north" | "south";

export interface ModelLevel {
  onHand: number;
  reserved: number;
  safety: number;
  backorderLimit: number;
  version: number;
}

interface ModelReservation {
  status: "HELD" | "PAYING" | "CONFIRMED" | "PARTIALLY_FULFILLED" | "FULFILLED" | "RELEASED" | "EXPIRED";
  deadlineMs: number;
  holdUntilMs: number;
  readonly parts: { readonly at: Place; left: number }[];
  fulfilled: boolean;
}

export const ttlMs = 900_000;

/** Locations in order of priority. */
const places: readonly Place[] = ["north", "south"];

export const sellableOf = ({ onHand, reserved, safety, backorderLimit }: ModelLevel): number =>
  onHand - reserved - safety + backorderLimit;

/** Each command returns whether it was carried out. A refused command changes nothing. */
export class StockModel {
  readonly levels: Record<Place, ModelLevel> = { north: emptyLevel(), south: emptyLevel() };
  readonly reservations: ModelReservation[] = [];

  add(at: Place, quantity: number): boolean {
    const level = this.levels[at];
    if (quantity < 0 && (sellableOf(level) < -quantity || level.onHand < -quantity)) return false;
    return change(level, { onHand: level.onHand + quantity });
  }

  count(at: Place, quantity: number): boolean {
    return change(this.levels[at], { onHand: quantity });
  }

  policy(at: Place, policy: { safety: number; backorderLimit: number }): boolean {
    const level = this.levels[at];
    if (level.safety === policy.safety && level.backorderLimit === policy.backorderLimit) return true;
    const after = sellableOf({ ...level, ...policy });
    if (after < sellableOf(level) && after < 0) return false;
    return change(level, policy);
  }

  hold(at: Place | undefined, quantity: number, nowMs: number): boolean {
    const parts: ModelReservation["parts"] = [];
    let missing = quantity;
    for (const place of at ? [at] : places) {
      const part = Math.min(missing, Math.max(0, sellableOf(this.levels[place])));
      if (part > 0) parts.push({ at: place, left: part });
      missing -= part;
    }
    if (missing > 0) return false;
    for (const { at: place, left } of parts) this.reserve(place, left);
    const deadlineMs = nowMs + ttlMs;
    this.reservations.push({ status: "HELD", deadlineMs, holdUntilMs: deadlineMs, parts, fulfilled: false });
    return true;
  }

  pay(index: number, nowMs: number): boolean {
    const reservation = this.live(index, nowMs);
    if (reservation?.status !== "HELD") return false;
    Object.assign(reservation, { status: "PAYING", deadlineMs: nowMs + ttlMs });
    return true;
  }

  failPayment(index: number, nowMs: number): boolean {
    const reservation = this.live(index, nowMs);
    if (reservation?.status !== "PAYING") return false;
    if (nowMs >= reservation.holdUntilMs) return this.giveBack(reservation, "EXPIRED");
    Object.assign(reservation, { status: "HELD", deadlineMs: reservation.holdUntilMs });
    return true;
  }

  confirm(index: number, nowMs: number): boolean {
    const reservation = this.live(index, nowMs);
    if (reservation?.status !== "HELD" && reservation?.status !== "PAYING") return false;
    reservation.status = "CONFIRMED";
    return true;
  }

  /** After the deadline a release expires the reservation. */
  release(index: number, quantity: number | undefined, nowMs: number): boolean {
    const reservation = this.reservations[index];
    if (!reservation) return false;
    if (!this.live(index, nowMs)) return reservation.status === "EXPIRED" || this.giveBack(reservation, "EXPIRED");
    if (isFinal(reservation)) return false;
    const taken = take(reservation, quantity);
    if (!taken) return false;
    for (const { at, part } of taken) this.reserve(at, -part);
    for (const { of, part } of taken) of.left -= part;
    if (nothingLeft(reservation)) reservation.status = reservation.fulfilled ? "FULFILLED" : "RELEASED";
    return true;
  }

  fulfil(index: number, quantity: number | undefined, nowMs: number): boolean {
    const reservation = this.live(index, nowMs);
    if (reservation?.status !== "CONFIRMED" && reservation?.status !== "PARTIALLY_FULFILLED") return false;
    const taken = take(reservation, quantity);
    if (taken?.some(({ at, part }) => this.levels[at].onHand < part) ?? true) return false;
    for (const { at, part, of } of taken ?? []) {
      const level = this.levels[at];
      change(level, { onHand: level.onHand - part, reserved: level.reserved - part });
      of.left -= part;
    }
    reservation.fulfilled = true;
    reservation.status = nothingLeft(reservation) ? "FULFILLED" : "PARTIALLY_FULFILLED";
    return true;
  }

  expire(index: number, nowMs: number): boolean {
    const reservation = this.reservations[index];
    if (!reservation || !isPending(reservation) || nowMs < reservation.deadlineMs) return false;
    return this.giveBack(reservation, "EXPIRED");
  }

  statusAt(index: number, nowMs: number): ModelReservation["status"] | undefined {
    return this.live(index, nowMs) ? this.reservations[index]?.status : "EXPIRED";
  }

  private live(index: number, nowMs: number): ModelReservation | undefined {
    const reservation = this.reservations[index];
    const lapsed = reservation && isPending(reservation) && nowMs >= reservation.deadlineMs;
    return lapsed || reservation?.status === "EXPIRED" ? undefined : reservation;
  }

  private giveBack(reservation: ModelReservation, status: "EXPIRED"): boolean {
    for (const { at, left } of reservation.parts.filter((part) => part.left > 0)) this.reserve(at, -left);
    reservation.status = status;
    return true;
  }

  private reserve(at: Place, quantity: number): boolean {
    const level = this.levels[at];
    return change(level, { reserved: level.reserved + quantity });
  }
}

function take(reservation: ModelReservation, quantity: number | undefined) {
  let missing = quantity ?? reservation.parts.reduce((sum, { left }) => sum + left, 0);
  const taken = reservation.parts.map((of) => {
    const part = Math.min(missing, of.left);
    missing -= part;
    return { at: of.at, part, of };
  });
  return missing > 0 ? undefined : taken.filter(({ part }) => part > 0);
}

const isPending = ({ status }: ModelReservation): boolean => status === "HELD" || status === "PAYING";
const isFinal = ({ status }: ModelReservation): boolean => status === "FULFILLED" || status === "RELEASED";
const nothingLeft = ({ parts }: ModelReservation): boolean => parts.every(({ left }) => left === 0);

function change(level: ModelLevel, fields: Partial<ModelLevel>): true {
  Object.assign(level, fields, { version: level.version + 1 });
  return true;
}

const emptyLevel = (): ModelLevel => ({ onHand: 0, reserved: 0, safety: 0, backorderLimit: 0, version: 0 });
