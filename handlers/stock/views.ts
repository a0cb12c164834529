import type { Availability, ItemAvailability, ItemStock, Level, LevelRead } from "../../contract/level.ts";
import { recordOf, type SummedQuantity, summedQuantities } from "../../contract/quantity.ts";
import { hasScope } from "../../contract/scope.ts";
import { toAvailability } from "../inventory/index.ts";
import type { Found } from "../runtime/cache/index.ts";
import { type Principal, sha256 } from "../runtime/index.ts";

type Instant = string;

/** Returns whether a token lacks `stock:read`. Such a token must not see the quantities on hand and reserved. */
export const seesAvailabilityOnly = ({ scopes }: Principal): boolean => !hasScope(scopes, "stock:read");

const totalsOf = (levels: readonly Level[]): ItemStock["totals"] => {
  const sum = (name: SummedQuantity | "available" | "sellable") =>
    levels.reduce((total, level) => total + level[name], 0);
  return { ...recordOf(summedQuantities, sum), available: sum("available"), sellable: sum("sellable") };
};

const asOf = ({ asOfMs }: Found<unknown>): Instant => new Date(asOfMs).toISOString();

export const levelView = (read: Found<Level>): LevelRead => ({ ...read.found, asOf: asOf(read), source: read.source });

export const availabilityView = (read: Found<Level>): Availability => toAvailability(read.found, asOf(read));

export const itemStockView = (sku: Level["sku"], read: Found<readonly Level[]>): ItemStock => ({
  sku,
  levels: [...read.found],
  totals: totalsOf(read.found),
  asOf: asOf(read),
  source: read.source,
});

export const itemAvailabilityView = (sku: Level["sku"], read: Found<readonly Level[]>): ItemAvailability => ({
  sku,
  levels: read.found.map((level) => toAvailability(level, asOf(read))),
  asOf: asOf(read),
});

/**
 * Returns a weak entity tag for an item's levels, which have no common version. It changes when any level's version
 * does.
 */
export function levelsTag(levels: readonly Level[], view: "levels" | "availability"): string {
  const versions = levels.map(({ location, version }) => `${location}@${version}`);
  return `W/"${sha256([view, ...versions].join("\n")).slice(0, 32)}"`;
}
