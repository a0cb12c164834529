import type { LocationId, Sku } from "../../contract/identifiers.ts";
import { type FieldError, type ProblemCode, problems, type Refusal, type Shortfall } from "../../contract/problem.ts";
import type { ReservationStatus } from "../../contract/reservation.ts";

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

export const invalid = (errors: readonly FieldError[]): Refusal<"validation_failed"> => ({
  code: "validation_failed",
  detail: errors.map(({ path, message }) => `${path}: ${message}`).join("; "),
  errors,
});

export const keyReused = (key: string): Refusal => ({
  code: "idempotency_key_reused",
  detail: `Idempotency-Key ${key} was used for a request with another body; take a new key for a new request.`,
});

export const itemNotFound = (skus: readonly Sku[]): Refusal<"item_not_found"> => ({
  code: "item_not_found",
  detail: `No active item ${skus.join(", ")}.`,
});

export const locationNotFound = (ids: readonly LocationId[]): Refusal<"location_not_found"> => ({
  code: "location_not_found",
  detail: `No active location ${ids.join(", ")}.`,
});

export const reservationNotFound = (id: string): Refusal => ({
  code: "not_found",
  detail: `No reservation ${id}.`,
});

export const versionMoved = (what: string, expected: number, found: number): Refusal => ({
  code: "version_mismatch",
  detail: `If-Match names version ${expected} of ${what}, which is at version ${found}; read it and decide again.`,
});

export const reservationExpired = (id: string, deadline: string): Refusal => ({
  code: "reservation_expired",
  detail: `Reservation ${id} expired at ${deadline}.`,
});

export const wrongState = (id: string, status: ReservationStatus, attempt: string): Refusal => ({
  code: "reservation_state",
  detail: `Reservation ${id} is ${status}: ${attempt}.`,
});

export const reservationExists = (id: string): Refusal => ({
  code: "reservation_exists",
  detail: `Reservation id ${id} is taken.`,
});

export const insufficient = (shortfalls: readonly Shortfall[]): Refusal<"insufficient_stock"> => ({
  code: "insufficient_stock",
  detail: `Not enough stock for ${counted(shortfalls.length, "line")}; nothing was changed.`,
  shortfalls,
});

export const quantityLimit = (levels: readonly string[]): Refusal => ({
  code: "quantity_limit",
  detail: `A quantity would leave its range at ${levels.join(", ")}; nothing was changed.`,
});

export const unavailable = (detail: string): Refusal => ({ code: "unavailable", detail });

const precedence = Object.keys(problems) as ProblemCode[];

/** Of several refusals the contract's order of codes says which one is answered. */
export function mostImportant(refusals: readonly Refusal[]): Refusal | undefined {
  return [...refusals].sort((a, b) => precedence.indexOf(a.code) - precedence.indexOf(b.code))[0];
}

/** Thrown by reads that cannot answer; commands return refusals as values. */
export class RefusalError extends Error {
  override readonly name = "RefusalError";
  readonly refusal: Refusal;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(`${refusal.code}: ${refusal.detail}`, options);
    this.refusal = refusal;
  }
}
