import type { Availability, Level } from "../operations.generated.ts";

/** The fields of a level that the token may read: only availability and version with the scope `stock:availability`. */
export type StockLevel = Partial<Level> & Pick<Availability, "sku" | "location" | "available" | "version">;

/** Levels by sku and location. The map is replaced, never changed in place. */
export type Levels = ReadonlyMap<string, StockLevel>;

export const noLevels: Levels = new Map();

/**
 * Adds arrived levels, in any order and with duplicates: the highest version of each level wins. Returns the same map
 * when nothing is newer.
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
