import { z } from "zod";
import { limits } from "./limits.ts";

export const StoredQuantity = z.int().min(0).max(limits.quantityMax);

/** How a quantity enters a sum: added, subtracted, or not at all. */
type Sign = 1 | -1 | 0;

interface QuantityMeaning {
  /** The name that people see. */
  readonly label: string;
  readonly available: Sign;
  readonly sellable: Sign;
  /** `intact` is what is on hand and not damaged. */
  readonly intact: Sign;
  /** Units of stock add up over locations, so an item's totals have the sum. A limit of one level does not add up. */
  readonly isSummed: boolean;
  /** While a level of an item or location has such units, the item or location cannot be archived. */
  readonly preventsArchiving: boolean;
}

/**
 * Every quantity that a level stores, in base units, in the order of the answers. Levels, totals, deltas, guards, the
 * ledger's columns and the console's labels are derived from this table.
 */
export const quantities = {
  onHand: {
    label: "On hand",
    available: 1,
    sellable: 1,
    intact: 1,
    isSummed: true,
    preventsArchiving: true,
  },
  reserved: {
    label: "Reserved",
    available: -1,
    sellable: -1,
    intact: 0,
    isSummed: true,
    preventsArchiving: true,
  },
  incoming: {
    label: "Incoming",
    available: 0,
    sellable: 0,
    intact: 0,
    isSummed: true,
    preventsArchiving: true,
  },
  damaged: {
    label: "Damaged",
    available: -1,
    sellable: -1,
    intact: -1,
    isSummed: true,
    preventsArchiving: false,
  },
  qualityHold: {
    label: "Quality hold",
    available: -1,
    sellable: -1,
    intact: 0,
    isSummed: true,
    preventsArchiving: false,
  },
  safety: {
    label: "Safety",
    available: -1,
    sellable: -1,
    intact: 0,
    isSummed: true,
    preventsArchiving: false,
  },
  backorderLimit: {
    label: "Backorder limit",
    available: 0,
    sellable: 1,
    intact: 0,
    isSummed: false,
    preventsArchiving: false,
  },
} as const satisfies Readonly<Record<string, QuantityMeaning>>;

type Quantities = typeof quantities;
export type QuantityName = keyof Quantities;
export type SummedQuantity = {
  [Name in QuantityName]: Quantities[Name]["isSummed"] extends true ? Name : never;
}[QuantityName];
type LimitQuantity = Exclude<QuantityName, SummedQuantity>;

export const quantityNames = Object.keys(quantities) as readonly QuantityName[];
const isSummed = (name: QuantityName): name is SummedQuantity => quantities[name].isSummed;
const isLimit = (name: QuantityName): name is LimitQuantity => !quantities[name].isSummed;
export const summedQuantities = quantityNames.filter(isSummed);
export const limitQuantities = quantityNames.filter(isLimit);

/** Returns an object with one entry for each name, in the order of the names. */
export function recordOf<Name extends string, Value>(
  names: readonly Name[],
  entryOf: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, entryOf(name)])) as Record<Name, Value>;
}

/** Returns `available`, `sellable` or `intact` of a level's quantities, or the change of that sum for deltas. */
export function sumOf(sum: "available" | "sellable" | "intact", values: Partial<Record<QuantityName, number>>): number {
  return quantityNames.reduce((total, name) => total + quantities[name][sum] * (values[name] ?? 0), 0);
}

/** Signed changes of the quantities that changed; the others are absent. */
export const Deltas = z.strictObject(recordOf(quantityNames, () => z.int().optional()));
export type Deltas = z.output<typeof Deltas>;

/** The column of a quantity in SQL: the same word in snake_case. */
export type ColumnOf<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${ColumnOf<Rest>}`
    : `_${Lowercase<First>}${ColumnOf<Rest>}`
  : "";

export const columnOf = <Name extends QuantityName>(name: Name): ColumnOf<Name> =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) as ColumnOf<Name>;
