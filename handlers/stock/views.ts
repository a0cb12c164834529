import type { Availability, ItemAvailability, ItemStock, Level, LevelRead } from "../../contract/level.ts";
import { hasScope } from "../../contract/scope.ts";
import { type Principal, sha256 } from "../runtime/index.ts";

type Instant = string;

/** A token with `stock:availability` alone sees neither what is on hand nor what is reserved. */
export const seesAvailabilityOnly = ({ scopes }: Principal): boolean => !hasScope(scopes, "stock:read");

const totalNames = [
  ...["onHand", "reserved", "incoming", "damaged", "qualityHold", "safety", "available", "sellable"],
] as const satisfies readonly (keyof Level)[];

const totalsOf = (levels: readonly Level[]): ItemStock["totals"] => {
  const sum = (name: (typeof totalNames)[number]) => levels.reduce((total, level) => total + level[name], 0);
  return {
    ...{ onHand: sum("onHand"), reserved: sum("reserved"), incoming: sum("incoming"), damaged: sum("damaged") },
    ...{
      qualityHold: sum("qualityHold"),
      safety: sum("safety"),
      available: sum("available"),
      sellable: sum("sellable"),
    },
  };
};

export const levelView = (level: Level, asOf: Instant): LevelRead => ({ ...level, asOf, source: "table" });

export const availabilityView = ({ sku, location, available, version }: Level, asOf: Instant): Availability => ({
  ...{ sku, location, available, asOf, version },
});

export const itemStockView = (sku: Level["sku"], levels: readonly Level[], asOf: Instant): ItemStock => ({
  ...{ sku, levels: [...levels], totals: totalsOf(levels), asOf, source: "table" },
});

export const itemAvailabilityView = (sku: Level["sku"], levels: readonly Level[], asOf: Instant): ItemAvailability => ({
  ...{ sku, levels: levels.map((level) => availabilityView(level, asOf)), asOf },
});

/** An item's levels together have no version: the tag is weak and moves when any of theirs does. */
export function levelsTag(levels: readonly Level[], view: "levels" | "availability"): string {
  const versions = levels.map(({ location, version }) => `${location}@${version}`);
  return `W/"${sha256([view, ...versions].join("\n")).slice(0, 32)}"`;
}
