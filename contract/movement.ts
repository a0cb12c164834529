import { z } from "zod";
import { GivenInstant, Instant, LocationId, Sku } from "./identifiers.ts";
import { Level } from "./level.ts";
import { type CommandKind, commandKinds, lineQuantities, MovementKind, movementKinds } from "./movement-kind.ts";
import { Deltas } from "./quantity.ts";

export const Cause = z.strictObject({ type: z.enum(["request", "reservation"]), id: z.string() });
export type Cause = z.output<typeof Cause>;

/**
 * The effect of one change on one level: a row of the ledger.
 * `quantity` is the requested quantity. The kind decides whether it is positive, signed or counted (>= 0); it is null
 * for policy. `id` is `<requestId>-<n>`, where n is the position of the change in its command, from 1.
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

const described = {
  reason: z.string().max(500).optional(),
  reference: z.string().max(128).optional(),
  occurredAt: GivenInstant.optional(),
};

const commandSchema = <Kind extends CommandKind, Quantity extends z.ZodType, Amounts extends z.ZodRawShape>(
  kind: Kind,
  { quantity, amounts }: { quantity: Quantity; amounts: Amounts },
) =>
  z.strictObject({
    kind: z.literal(kind),
    ...described,
    lines: z
      .array(z.strictObject({ sku: Sku, location: LocationId, quantity, ...amounts }))
      .min(1)
      .max(1_000),
  });

type Kinds = typeof movementKinds;
type CommandSchema = {
  [Kind in CommandKind]: ReturnType<
    typeof commandSchema<Kind, (typeof lineQuantities)[Kinds[Kind]["quantity"]], Kinds[Kind]["amounts"]>
  >;
}[CommandKind];

const commandSchemas = commandKinds.map((kind) => {
  const { quantity, amounts } = movementKinds[kind];
  return commandSchema(kind, { quantity: lineQuantities[quantity], amounts });
});

/** The body of `POST /movements`. All lines are carried out, or none. */
export const MovementCommand = z
  .discriminatedUnion("kind", commandSchemas as [CommandSchema, ...CommandSchema[]])
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
