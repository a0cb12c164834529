import { quantityNames } from "../../../contract/level.ts";

export const fieldNames = [...quantityNames, "backorderLimit"] as const;
export type FieldName = (typeof fieldNames)[number];
export type Quantities = Record<FieldName, number>;

/** A level as one of the places that hold it shows it. */
export interface LevelState {
  readonly version: number;
  readonly quantities: Readonly<Quantities>;
}

/** `SKU at LOCATION`: names a level in maps and in messages (neither holds a space). */
export const levelName = (level: { sku: string; location: string }): string => `${level.sku} at ${level.location}`;

export const zeros = (): Quantities => ({
  onHand: 0,
  reserved: 0,
  incoming: 0,
  damaged: 0,
  qualityHold: 0,
  safety: 0,
  backorderLimit: 0,
});

export const sellableOf = (level: Readonly<Quantities>): number =>
  level.onHand - level.reserved - level.damaged - level.qualityHold - level.safety + level.backorderLimit;

/** The contract's word as a column: `onHand` is `on_hand`. */
export const columnOf = (field: FieldName): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
