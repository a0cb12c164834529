import { limits } from "../../contract/limits.ts";
import { type MovementKind, movementKinds } from "../../contract/movement-kind.ts";
import { type Deltas, type QuantityName, quantityNames } from "../../contract/quantity.ts";
import { derive } from "./level.ts";

/**
 * One condition on a stored value. DynamoDB compares stored attributes with values, never sums,
 * so the caller computes the value from the change: lowering by 3 asks for at least 3.
 */
export interface Guard {
  readonly attribute: QuantityName | "sellable" | "intact";
  readonly bound: "min" | "max";
  readonly value: number;
}

/** What must be true for a movement of this kind. A fact is accepted whatever it leaves. */
export const guardsOf = (kind: MovementKind, deltas: Deltas): readonly Guard[] =>
  movementKinds[kind].isFact ? [] : guardsFor(deltas);

/** What must be true for a change by deltas: sellable is not lowered below 0, no quantity leaves its range. */
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

/** Whether the stored values pass; an absent level counts as zeros. */
export function guardHolds(guard: Guard, stored: Partial<Record<Guard["attribute"], number>> | undefined): boolean {
  const value = stored?.[guard.attribute] ?? 0;
  return guard.bound === "min" ? value >= guard.value : value <= guard.value;
}

/** A guard as a part of a condition expression, with the value it names. */
export function guardCondition(guard: Guard): { text: string; values: Record<string, number> } {
  const name = `:${guard.attribute}${guard.bound === "min" ? "Min" : "Max"}`;
  return { text: guardText(guard, name), values: { [name]: guard.value } };
}

/** A comparison with an absent attribute is false, which is right for every bound that zero does not pass. */
function guardText(guard: Guard, name: string): string {
  if (guard.bound === "min") return `#${guard.attribute} >= ${name}`;
  const comparison = `#${guard.attribute} <= ${name}`;
  return guard.value >= 0 ? `(attribute_not_exists(#pk) OR ${comparison})` : comparison;
}
