import { type QuantityName, quantityNames, recordOf } from "../../../contract/quantity.ts";

export type Quantities = Record<QuantityName, number>;

/** A level as one of the places that hold it shows it. */
export interface LevelState {
  readonly version: number;
  readonly quantities: Readonly<Quantities>;
}

/** `SKU at LOCATION`: names a level in maps and in messages (neither holds a space). */
export const levelName = (level: { sku: string; location: string }): string => `${level.sku} at ${level.location}`;

export const zeros = (): Quantities => recordOf(quantityNames, () => 0);

/** Written out, not taken from the contract's list of signs: the tie-out checks what the service derives from it. */
export const sellableOf = (level: Readonly<Quantities>): number =>
  level.onHand - level.reserved - level.damaged - level.qualityHold - level.safety + level.backorderLimit;
