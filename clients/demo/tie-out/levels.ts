import { type QuantityName, quantityNames, recordOf } from "../../../contract/quantity.ts";

export type Quantities = Record<QuantityName, number>;

/** A level as one of the stores holds it. */
export interface LevelState {
  readonly version: number;
  readonly quantities: Readonly<Quantities>;
}

/** Returns `SKU at LOCATION`, the name of a level in maps and messages (neither part contains a space). */
export const levelName = (level: { sku: string; location: string }): string => `${level.sku} at ${level.location}`;

export const zeros = (): Quantities => recordOf(quantityNames, () => 0);

/** Returns sellable. Does not use the contract's list of signs, because the tie-out checks values derived from it. */
export const sellableOf = (level: Readonly<Quantities>): number =>
  level.onHand - level.reserved - level.damaged - level.qualityHold - level.safety + level.backorderLimit;
