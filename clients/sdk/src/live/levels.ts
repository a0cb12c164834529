import type { Availability, Level } from "../operations.generated.ts";

/** A level as far as the token may see it: with `stock:availability` alone, availability and version. */
export type StockLevel = Partial<Level> & Pick<Availability, "sku" | "location" | "available" | "version">;

/** By location; replaced, never changed in place. */
export type Levels = ReadonlyMap<string, StockLevel>;

export const noLevels: Levels = new Map();

/**
 * Takes in what arrived, in whatever order and however often: of each level the highest version stays. Gives the same
 * map when nothing was newer.
 */
export function takeIn(held: Levels, arrived: readonly StockLevel[]): Levels {
  let levels: Map<string, StockLevel> | undefined;
  for (const level of arrived) {
    const key = `${level.sku}/${level.location}`;
    const known = (levels ?? held).get(key);
    if (known !== undefined && level.version <= known.version) continue;
    levels ??= new Map(held);
    levels.set(key, level);
  }
  return levels ?? held;
}
