import { z } from "zod";
import { GivenInstant, Instant, LocationId, Sku } from "./identifiers.ts";
import { Level } from "./level.ts";
import { limits } from "./limits.ts";
import { Deltas, StoredQuantity } from "./quantity.ts";

/** What a change of a level can be. The first four come by `POST /movements`, the rest by reservations and policy. */
export const MovementKind = z.enum([
  "receive",
  "return",
  "adjust",
  "count",
  "reserve",
  "release",
  "expire",
  "fulfil",
  "policy",
]);
export type MovementKind = z.output<typeof MovementKind>;

export const Cause = z.strictObject({ type: z.enum(["request", "reservation"]), id: z.string() });
export type Cause = z.output<typeof Cause>;

/**
 * What one change did to one level: the row of the ledger.
 * `quantity` is as asked: signed for adjust, >= 0 for count, null for policy, else positive.
 * `id` is `<requestId>-<n>`, n being the change's place in its command from 1.
 */
export const Movement = z
  .strictObject({
    id: z.string(),
    kind: MovementKind,
    quantity: z.int().nullable(),
    deltas: Deltas,
    cause: Cause,
    actor: z.string(),
    reason: z.string().optional(),
    reference: z.string().optional(),
    at: Instant,
    occurredAt: Instant,
    requestId: z.string(),
  })
  .meta({ id: "Movement" });
export type Movement = z.output<typeof Movement>;

const Quantity = z.int().min(1).max(limits.quantityMax);
const SignedQuantity = z
  .int()
  .min(-limits.quantityMax)
  .max(limits.quantityMax)
  .refine((quantity) => quantity !== 0, "must not be 0");

const place = { sku: Sku, location: LocationId };
const lines = <Line extends z.ZodType>(line: Line) => z.array(line).min(1).max(1_000);
const described = {
  reason: z.string().max(500).optional(),
  reference: z.string().max(128).optional(),
  occurredAt: GivenInstant.optional(),
};

/** The body of `POST /movements`: all lines or none. */
export const MovementCommand = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("receive"),
      ...described,
      lines: lines(z.strictObject({ ...place, quantity: Quantity, expected: Quantity.optional() })),
    }),
    z.strictObject({
      kind: z.literal("return"),
      ...described,
      lines: lines(z.strictObject({ ...place, quantity: Quantity })),
    }),
    z.strictObject({
      kind: z.literal("adjust"),
      ...described,
      lines: lines(z.strictObject({ ...place, quantity: SignedQuantity })),
    }),
    z.strictObject({
      kind: z.literal("count"),
      ...described,
      lines: lines(z.strictObject({ ...place, quantity: StoredQuantity })),
    }),
  ])
  .meta({ id: "MovementCommand" });
export type MovementCommand = z.output<typeof MovementCommand>;

export const MovementsMade = z
  .strictObject({
    movements: z.array(
      z.strictObject({
        id: z.string(),
        kind: MovementKind,
        sku: Sku,
        location: LocationId,
        quantity: z.int().nullable(),
        level: Level,
      }),
    ),
  })
  .meta({ id: "MovementsMade" });
export type MovementsMade = z.output<typeof MovementsMade>;
