import { z } from "zod";
import { limits } from "./limits.ts";
import { type Deltas, type QuantityName, StoredQuantity } from "./quantity.ts";

const PositiveQuantity = z.int().min(1).max(limits.quantityMax);
const SignedQuantity = z
  .int()
  .min(-limits.quantityMax)
  .max(limits.quantityMax)
  .refine((quantity) => quantity !== 0, "must not be 0");

/** The schemas for the `quantity` of a command's line. */
export const lineQuantities = {
  positive: PositiveQuantity,
  signed: SignedQuantity,
  counted: StoredQuantity,
} as const satisfies Readonly<Record<string, z.ZodType<number>>>;

/** Amounts that a line may have besides its quantity. Several lines of one level add them up. */
export const lineAmounts = ["expected"] as const;
type LineAmount = (typeof lineAmounts)[number];

/** The values that a line gives for its level. */
export type LineValues = { readonly quantity: number } & { readonly [Name in LineAmount]?: number | undefined };

interface Meaning {
  /** The name that people see. */
  readonly label: string;
  /** Which items and locations the movement may name: only `active` ones, or all `known` ones, archived or not. */
  readonly existence: "active" | "known";
  /**
   * A fact is accepted even when it leaves less stock than is promised. Every other kind is guarded: it does not lower
   * `sellable` below 0, and no quantity leaves its range.
   */
  readonly isFact: boolean;
}

interface Command extends Meaning {
  readonly madeBy: "command";
  /** The explanation that people read before they choose the kind. */
  readonly hint: string;
  readonly quantity: keyof typeof lineQuantities;
  readonly amounts: Readonly<Partial<Record<LineAmount, z.ZodType<number | undefined>>>>;
  /** Whether several lines of one level are merged, or the command is refused. */
  readonly repeatedLevel: { readonly is: "merged" } | { readonly is: "refused"; readonly because: string };
}

/** A command that adds to a level, whatever its values. Its guards are its only condition, so it cannot be a fact. */
interface CommandOnAnyLevel extends Command {
  readonly reads: "nothing";
  readonly isFact: false;
  readonly deltas: (line: LineValues) => Deltas;
}

/** A command that depends on the level that was read. It is carried out only while the level still has that version. */
interface CommandOnReadLevel extends Command {
  readonly reads: "level";
  readonly deltas: (line: LineValues, level: Readonly<Record<QuantityName, number>>) => Deltas;
}

/** A movement of the stock that a reservation holds on one level. */
interface OfReservation extends Meaning {
  readonly madeBy: "reservation";
  readonly isFact: false;
  readonly deltas: (quantity: number) => Deltas;
}

type PolicyQuantities = { readonly [Name in "safety" | "backorderLimit"]: number };

/** A movement that sets the quantities of a level's policy. It depends on the version of the level that was read. */
interface OfPolicy extends Meaning {
  readonly madeBy: "policy";
  readonly deltas: (policy: PolicyQuantities, current: PolicyQuantities) => Deltas;
}

export type CommandMeaning = CommandOnAnyLevel | CommandOnReadLevel;
type MovementMeaning = CommandMeaning | OfReservation | OfPolicy;

/**
 * Every kind of change of a level, with all its properties. The schema of `POST /movements`, its validation, its plan,
 * what the store reads for it, the ledger's names and the console's form are derived from this table.
 */
export const movementKinds = {
  receive: {
    label: "Receive",
    hint: "Goods came in: adds to what is on hand.",
    madeBy: "command",
    existence: "active",
    isFact: false,
    quantity: "positive",
    amounts: { expected: PositiveQuantity.optional() },
    repeatedLevel: { is: "merged" },
    reads: "nothing",
    deltas: ({ quantity, expected = 0 }) => ({ onHand: quantity, incoming: -expected }),
  },
  return: {
    label: "Return",
    hint: "A customer brought it back: sellable at once.",
    madeBy: "command",
    existence: "active",
    isFact: false,
    quantity: "positive",
    amounts: {},
    repeatedLevel: { is: "merged" },
    reads: "nothing",
    deltas: ({ quantity }) => ({ onHand: quantity }),
  },
  adjust: {
    label: "Adjust",
    hint: "Corrects what is on hand: more, or less with a minus.",
    madeBy: "command",
    existence: "known",
    isFact: false,
    quantity: "signed",
    amounts: {},
    repeatedLevel: { is: "merged" },
    reads: "nothing",
    deltas: ({ quantity }) => ({ onHand: quantity }),
  },
  count: {
    label: "Count",
    hint: "States what is on hand: a fact, even below what is reserved.",
    madeBy: "command",
    existence: "known",
    isFact: true,
    quantity: "counted",
    amounts: {},
    repeatedLevel: { is: "refused", because: "is counted twice" },
    reads: "level",
    deltas: ({ quantity }, { onHand }) => ({ onHand: quantity - onHand }),
  },
  reserve: {
    label: "Reserve",
    madeBy: "reservation",
    existence: "active",
    isFact: false,
    deltas: (quantity) => ({ reserved: quantity }),
  },
  release: {
    label: "Release",
    madeBy: "reservation",
    existence: "known",
    isFact: false,
    deltas: (quantity) => ({ reserved: -quantity }),
  },
  expire: {
    label: "Expire",
    madeBy: "reservation",
    existence: "known",
    isFact: false,
    deltas: (quantity) => ({ reserved: -quantity }),
  },
  fulfil: {
    label: "Fulfil",
    madeBy: "reservation",
    existence: "known",
    isFact: false,
    deltas: (quantity) => ({ onHand: -quantity, reserved: -quantity }),
  },
  policy: {
    label: "Policy",
    madeBy: "policy",
    existence: "active",
    isFact: false,
    deltas: (policy, current) => ({
      safety: policy.safety - current.safety,
      backorderLimit: policy.backorderLimit - current.backorderLimit,
    }),
  },
} as const satisfies Readonly<Record<string, MovementMeaning>>;

type Kinds = typeof movementKinds;
/** The kinds whose entry has these values. */
type KindWith<Values> = { [Kind in keyof Kinds]: Kinds[Kind] extends Values ? Kind : never }[keyof Kinds];

export type CommandKind = KindWith<{ madeBy: "command" }>;
/** The kinds that a reservation makes. */
export type ReservationKind = KindWith<{ madeBy: "reservation" }>;
/** The kinds that belong to an earlier promise. They are allowed even if the item or location was archived since. */
export type PromiseKind = KindWith<{ madeBy: "reservation"; existence: "known" }>;

const names = Object.keys(movementKinds) as readonly (keyof Kinds)[];
export const commandKinds = names.filter((kind): kind is CommandKind => movementKinds[kind].madeBy === "command");

/** The kind of a change of a level. */
export const MovementKind = z.enum(names);
export type MovementKind = z.output<typeof MovementKind>;
