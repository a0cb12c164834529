import type { LocationId, ReservationId, Sku } from "../../contract/identifiers.ts";
import { limits } from "../../contract/limits.ts";
import { type FieldError, type ProblemCode, problems, type Shortfall } from "../../contract/problem.ts";
import type { ReservationStatus } from "../../contract/reservation.ts";
import type { Scope } from "../../contract/scope.ts";
import { type Refused, refused } from "./outcome.ts";

// Every refusal is made here. The functions are in the contract's order of precedence.

export const unauthorized = (detail: string) => refused<"unauthorized">({ code: "unauthorized", detail });

export const forbidden = (requiredScope: Scope, doing = "This request") =>
  refused<"forbidden">({ code: "forbidden", detail: `${doing} needs the scope ${requiredScope}.`, requiredScope });

export const rateLimited = (requests: string, retryAfterSeconds: number) =>
  refused<"rate_limited">({
    code: "rate_limited",
    detail: `This client sends more ${requests} requests than it may: try again in ${retryAfterSeconds} s.`,
  });

export const payloadTooLarge = (bytes: number, bytesMax: number) =>
  refused<"payload_too_large">({
    code: "payload_too_large",
    detail: `The body has ${bytes} bytes; at most ${bytesMax} are accepted.`,
  });

/** The most violations that `detail` repeats; `errors` has all of them. */
const detailedMax = 3;

export function invalid(errors: readonly FieldError[]): Refused<"validation_failed"> {
  const first = errors.slice(0, detailedMax).map(({ path, message }) => `${path || "the body"}: ${message}`);
  const others = errors.length > first.length ? `; and ${errors.length - first.length} more, see errors` : "";
  return refused({ code: "validation_failed", detail: `Not valid: ${first.join("; ")}${others}.`, errors });
}

export const keyMissing = () =>
  refused<"idempotency_key_missing">({
    code: "idempotency_key_missing",
    detail: "Send an Idempotency-Key of 1-128 visible ASCII characters, and the same one when the request is repeated.",
  });

export const keyReused = (key: string) =>
  refused<"idempotency_key_reused">({
    code: "idempotency_key_reused",
    detail: `Idempotency-Key ${key} was used for a request with another body; use a new key for a new request.`,
  });

/**
 * The existence that a command needs: with `active` an archived item or location counts as missing, with `known` not.
 */
export type ExistenceNeeded = "active" | "known";

const missing = (noun: string, ids: readonly string[], existence: ExistenceNeeded) =>
  `There is no ${existence === "active" ? "active " : ""}${noun} ${ids.join(", ")}.`;

export const itemNotFound = (skus: readonly Sku[], existence: ExistenceNeeded = "known") =>
  refused<"item_not_found">({ code: "item_not_found", detail: missing("item", skus, existence) });

export const locationNotFound = (ids: readonly LocationId[], existence: ExistenceNeeded = "known") =>
  refused<"location_not_found">({ code: "location_not_found", detail: missing("location", ids, existence) });

export const notFound = (what: string) => refused<"not_found">({ code: "not_found", detail: `There is no ${what}.` });

export const reservationNotFound = (id: ReservationId) => notFound(`reservation ${id}`);

export const versionMoved = (what: string, expected: number, found: number) =>
  refused<"version_mismatch">({
    code: "version_mismatch",
    detail: `If-Match names version ${expected} of ${what}, which is at version ${found}; read it and decide again.`,
  });

export const reservationExpired = (id: ReservationId, deadline: string) =>
  refused<"reservation_expired">({
    code: "reservation_expired",
    detail: `Reservation ${id} expired at ${deadline}.`,
  });

export const wrongState = (id: ReservationId, status: ReservationStatus, attempt: string) =>
  refused<"reservation_state">({ code: "reservation_state", detail: `Reservation ${id} is ${status}: ${attempt}.` });

export const reservationExists = (id: string) =>
  refused<"reservation_exists">({ code: "reservation_exists", detail: `Reservation id ${id} is already in use.` });

export const insufficient = (shortfalls: readonly Shortfall[]) =>
  refused<"insufficient_stock">({
    code: "insufficient_stock",
    detail: `Not enough stock for ${shortfalls.length} line${shortfalls.length === 1 ? "" : "s"}; nothing was changed.`,
    shortfalls,
  });

export const quantityLimit = (levels: readonly string[]) =>
  refused<"quantity_limit">({
    code: "quantity_limit",
    detail: `A quantity would leave its range at ${levels.join(", ")}; nothing was changed.`,
  });

export const itemInUse = (sku: Sku, location: string) =>
  refused<"item_in_use">({
    code: "item_in_use",
    detail: `Item ${sku} still has stock, reservations or incoming goods at ${location}.`,
  });

export const locationInUse = (id: LocationId, sku: string) =>
  refused<"location_in_use">({
    code: "location_in_use",
    detail: `Location ${id} still has stock, reservations or incoming goods of ${sku}.`,
  });

export const unavailable = (why: string) =>
  refused<"unavailable">({
    code: "unavailable",
    detail: `${why} Repeat the request, with the same Idempotency-Key where it has one: it is never carried out twice.`,
  });

const precedence = Object.keys(problems) as ProblemCode[];

/** Returns the refusal whose code comes first in the contract's order of codes. */
export function mostImportant(refusals: readonly Refused[]): Refused | undefined {
  const placeOf = ({ refusal }: Refused) => precedence.indexOf(refusal.code);
  return [...refusals].sort((a, b) => placeOf(a) - placeOf(b))[0];
}

/**
 * The table did not answer by the deadline of a command or a read. This error is thrown, because it occurs deep inside
 * reads and retries, and no code between them and the edge of the function can handle it. It is not a refusal: the
 * command may have committed. Only the HTTP adapter converts it, to `unavailable`. A worker lets it pass and fails, so
 * that its message is delivered again.
 */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";

  constructor() {
    super(`Not decided within ${limits.commandDeadlineMs / 1_000} s.`);
  }
}
