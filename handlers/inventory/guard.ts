import { limits } from "../../contract/limits.ts";
import { type MovementKind, movementKinds } from "../../contract/movement-kind.ts";
import { type Deltas, type QuantityName, quantityNames } from "../../contract/quantity.ts";
import { derive } from "./level.ts";

/**
 * One condition on a stored value. DynamoDB can compare a stored attribute with a value, but not with a sum. So the
 * value is computed from the change: lowering by 3 needs at least 3.
 */
export interface Guard {
  readonly attribute: QuantityName | "sellable" | "intact";
  readonly bound: "min" | "max";
  readonly value: number;
}

/**
 * Returns the guards of a movement of this kind. A fact, such as a count, has none: it is accepted whatever quantities
 * result.
 */
export const guardsOf = (kind: MovementKind, deltas: Deltas): readonly Guard[] =>
  movementKinds[kind].isFact ? [] : guardsFor(deltas);

/** Returns the guards of a change by deltas: it must not lower sellable below 0 or move a quantity out of its range. */
export function guardsFor(deltas: Deltas): readonly Guard[] {
  const { sellable } = derive(deltas);
  return [...(sellable < 0 ? [atLeast("sellable", -sellable)] : []), ...rangeGuards(deltas)];
}

function rangeGuards(deltas: Deltas): Guard[] {
  return quantityNames.flatMap((name) => {
    const delta = deltas[name] ?? 0;
    if (delta < 0) return [atLeast(name, -delta)];
    return delta > 0 ? [atMost(name, limits.quantityMax - delta)] : [];
  });
}

const atLeast = (attribute: Guard["attribute"], value: number): Guard => ({ attribute, bound: "min", value });
const atMost = (attribute: Guard["attribute"], value: number): Guard => ({ attribute, bound: "max", value });

/** Returns whether the stored values pass the guard. An absent level counts as zeros. */
export function guardHolds(guard: Guard, stored: Partial<Record<Guard["attribute"], number>> | undefined): boolean {
  const value = stored?.[guard.attribute] ?? 0;
  return guard.bound === "min" ? value >= guard.value : value <= guard.value;
}

/** Returns a guard as a part of a condition expression, with the value that the expression names. */
export function guardCondition(guard: Guard): { text: string; values: Record<string, number> } {
  const name = `:${guard.attribute}${guard.bound === "min" ? "Min" : "Max"}`;
  return { text: guardText(guard, name), values: { [name]: guard.value } };
}

/**
 * An absent level counts as zeros, but DynamoDB finds a comparison with an absent attribute false. The text corrects
 * it.
 */
function guardText(guard: Guard, name: string): string {
  if (guard.bound === "min") return `#${guard.attribute} >= ${name}`;
  const comparison = `#${guard.attribute} <= ${name}`;
  return guard.value >= 0 ? `(attribute_not_exists(#pk) OR ${comparison})` : comparison;
}
