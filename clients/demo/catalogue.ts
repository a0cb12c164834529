import { LocationId, Sku } from "../../contract/identifiers.ts";
import { locations } from "./input/locations.ts";
import type { OpeningLine } from "./input/opening-stock.ts";
import { hash } from "./input/seeded.ts";

const seed = 2026;

/** The README's first request reads this level, so its quantity is fixed. The seed decides the other quantities. */
const wellKnown = { sku: Sku.parse("TEA-MUG-RED"), location: LocationId.parse("LEEDS"), quantity: 120 };

const things = ["TEA-MUG", "LANTERN", "CUSHION", "CANDLE", "CLOCK", "BASKET"] as const;
const colours = ["RED", "BLUE", "GREEN", "IVORY"] as const;

export interface CatalogueItem {
  readonly sku: Sku;
  readonly name: string;
  readonly barcode: string;
}

/** 24 items: each thing in each colour. */
export const items: readonly CatalogueItem[] = things.flatMap((thing) =>
  colours.map((colour) => ({
    sku: Sku.parse(`${thing}-${colour}`),
    name: capitalise(`${thing.replace("-", " ")}, ${colour}`),
    barcode: barcodeOf(hash(seed, `${thing}-${colour}`)),
  })),
);

/** The opening quantity of each item at each location: 20 to 219. */
export const openingStock: readonly OpeningLine[] = items.flatMap(({ sku }) =>
  locations.map(({ id }) => ({ sku, location: id, quantity: quantityOf(sku, id) })),
);

function quantityOf(sku: Sku, location: LocationId): number {
  if (sku === wellKnown.sku && location === wellKnown.location) return wellKnown.quantity;
  return 20 + (hash(seed, `${sku}/${location}`) % 200);
}

function capitalise(text: string): string {
  return text.charAt(0) + text.slice(1).toLowerCase();
}

/** Returns an EAN-13 with a prefix from 200 to 299, the range that GS1 reserves for use within a company. */
function barcodeOf(number: number): string {
  const digits = `2${String(number).padStart(11, "0").slice(-11)}`;
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
