import { z } from "zod";
import { LocationId, Sku } from "./identifiers.ts";
import type { Scope } from "./scope.ts";

/**
 * Every error code of the API in order of precedence: when several apply, the API answers with the first one.
 * `title` is the constant, human-readable name; `detail` says what happened this time.
 */
export const problems = {
  unauthorized: { status: 401, title: "Token missing or not accepted" },
  forbidden: { status: 403, title: "Scope missing" },
  rate_limited: { status: 429, title: "Too many requests" },
  payload_too_large: { status: 413, title: "Body too large" },
  validation_failed: { status: 400, title: "Request not valid" },
  idempotency_key_missing: { status: 400, title: "Idempotency-Key missing" },
  idempotency_key_reused: { status: 422, title: "Idempotency-Key used for another body" },
  item_not_found: { status: 404, title: "Item not found" },
  location_not_found: { status: 404, title: "Location not found" },
  not_found: { status: 404, title: "Not found" },
  version_mismatch: { status: 412, title: "Version moved" },
  reservation_expired: { status: 409, title: "Reservation expired" },
  reservation_state: { status: 409, title: "Not possible in the reservation's state" },
  reservation_exists: { status: 409, title: "Reservation id taken" },
  insufficient_stock: { status: 409, title: "Not enough stock" },
  quantity_limit: { status: 409, title: "Quantity out of range" },
  item_in_use: { status: 409, title: "Item still has stock" },
  location_in_use: { status: 409, title: "Location still has stock" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
} as const satisfies Record<string, { status: number; title: string }>;

/** The code that programs test. It is stable, unlike titles and details. */
export type ProblemCode = keyof typeof problems;

/** The `type` of a problem: a stable identifier, not an address. API Gateway and the firewall use it too. */
export const problemType = (code: ProblemCode) => `urn:holdfast:problem:${code}` as const;

/**
 * A line for which stock was short. `location` is absent when the line named none. `available` is then the sellable
 * stock of all eligible locations, otherwise that of the location. Both numbers are in base units; `available` may be
 * negative.
 */
export const Shortfall = z.strictObject({
  sku: Sku,
  location: LocationId.optional(),
  requested: z.int(),
  available: z.int(),
});
export type Shortfall = z.output<typeof Shortfall>;

/** One mistake in a request. `path` is the JSON Pointer of the field, or the name of the query parameter or header. */
export const FieldError = z.strictObject({ path: z.string(), message: z.string() });
export type FieldError = z.output<typeof FieldError>;

/** The members that a problem has besides the common ones, by its code. */
interface Members {
  forbidden: { requiredScope: Scope };
  validation_failed: { errors: readonly FieldError[] };
  insufficient_stock: { shortfalls: readonly Shortfall[] };
}

/**
 * The reason of a refusal, as core, store and functions pass it on. The HTTP adapter renders it as a problem.
 * `detail` says what happened this time. `forbidden` carries `requiredScope`, `validation_failed` carries `errors`, and
 * `insufficient_stock` carries `shortfalls`.
 */
export type Refusal<Code extends ProblemCode = ProblemCode> = {
  [C in Code]: { code: C; detail: string } & (C extends keyof Members ? Members[C] : unknown);
}[Code];

/**
 * The body of every error answer, `application/problem+json` (RFC 9457). `instance` is the path of the request.
 * `requiredScope` comes with `forbidden`, `errors` with `validation_failed`, `shortfalls` with `insufficient_stock`.
 */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
    detail: z.string(),
    instance: z.string(),
    requiredScope: z.string().optional(),
    errors: z.array(FieldError).optional(),
    shortfalls: z.array(Shortfall).optional(),
  })
  .meta({ id: "Problem" });
export type Problem = z.output<typeof Problem>;
