import type { LocationId, Sku } from "../../../contract/identifiers.ts";
import { limits } from "../../../contract/limits.ts";
import { type Invoice, planInvoice } from "./invoice.ts";
import { locationOf } from "./locations.ts";
import { fraction } from "./seeded.ts";

/** One level in five gets less than its demand, so that some lines are refused. */
const scarceShare = 0.2;

export interface OpeningLine {
  readonly sku: Sku;
  readonly location: LocationId;
  readonly quantity: number;
}

/** The result of a first pass over the order lines. It keeps counts per item and per level, never per line. */
export class Survey {
  /** Item names by sku: the last description that was not empty, because early ones are often provisional. */
  readonly names = new Map<Sku, string>();
  readonly #demand = new Map<string, { sku: Sku; location: LocationId; quantity: number }>();
  readonly #seed: number;
  invoiceCount = 0;
  lineCount = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  add(invoice: Invoice): void {
    this.invoiceCount += 1;
    this.lineCount += invoice.lines.length;
    for (const line of invoice.lines) {
      if (line.description !== "" || !this.names.has(line.sku)) {
        this.names.set(line.sku, line.description.slice(0, 200) || line.sku);
      }
    }
    const plan = planInvoice(invoice, locationOf(this.#seed, invoice));
    // Stock that is written off must exist first, like stock that is sold.
    for (const { sku, location, ...line } of [...plan.holds, ...plan.adjusts].flat()) {
      const quantity = Math.abs(line.quantity);
      const key = `${location}/${sku}`;
      const found = this.#demand.get(key);
      if (found === undefined) this.#demand.set(key, { sku, location, quantity });
      else found.quantity += quantity;
    }
  }

  /** Returns the stock that each level should have before the first invoice. */
  openingStock(): OpeningLine[] {
    return [...this.#demand.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { sku, location, quantity }]) => ({
        sku,
        location,
        quantity: Math.min(limits.quantityMax, Math.floor(quantity * share(this.#seed, key))),
      }))
      .filter(({ quantity }) => quantity > 0);
  }
}

/** Returns a level's opening stock as a share of its demand: 0.3 to 0.95 for a scarce level, else 1 to 1.25. */
function share(seed: number, level: string): number {
  const amount = fraction(seed, `amount/${level}`);
  return fraction(seed, `scarce/${level}`) < scarceShare ? 0.3 + amount * 0.65 : 1 + amount * 0.25;
}
