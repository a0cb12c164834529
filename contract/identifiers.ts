import { z } from "zod";

const alphabet = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;
const alphabetMessage = "allowed are A-Z a-z 0-9 . _ - (and neither . nor .. alone)";

/** Stock keeping unit: 1-64 characters, case-sensitive. */
export const Sku = z.string().min(1).max(64).regex(alphabet, alphabetMessage).brand<"Sku">();
export type Sku = z.output<typeof Sku>;

/** Location id: 1-32 characters, case-sensitive. */
export const LocationId = z.string().min(1).max(32).regex(alphabet, alphabetMessage).brand<"LocationId">();
export type LocationId = z.output<typeof LocationId>;

/** Reservation id: 1-64 characters, chosen by the client or made by the service. */
export const ReservationId = z.string().min(1).max(64).regex(alphabet, alphabetMessage).brand<"ReservationId">();
export type ReservationId = z.output<typeof ReservationId>;

/** An instant as an ISO 8601 string in UTC with milliseconds, such as `2026-01-31T09:30:00.000Z`. */
export const Instant = z.iso.datetime();

/** An instant that a client sends with any offset. Parsing converts it to UTC with milliseconds. */
export const GivenInstant = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());

/** The header `Idempotency-Key`: 1-128 visible ASCII characters. */
export const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,128}$/, "must be 1-128 visible ASCII characters");
