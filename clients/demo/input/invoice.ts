import type { LocationId, Sku } from "../../../contract/identifiers.ts";
import { limits } from "../../../contract/limits.ts";
import type { OrderLine } from "./order-line.ts";

/** Consecutive lines with one number. The number may appear again later in the file: `firstLine` makes each unique. */
export interface Invoice {
  readonly number: string;
  readonly firstLine: number;
  readonly lines: readonly OrderLine[];
}

/** After this number of lines a second invoice of the same number starts, so that no file can fill the memory. */
export const invoiceLinesMax = 2_000;

/** Groups consecutive lines by invoice number. */
export async function* groupInvoices(lines: AsyncIterable<OrderLine>): AsyncGenerator<Invoice> {
  let current: OrderLine[] = [];
  const invoice = (first: OrderLine): Invoice => ({ number: first.invoice, firstLine: first.line, lines: current });
  for await (const line of lines) {
    const first = current[0];
    if (first !== undefined && (first.invoice !== line.invoice || current.length >= invoiceLinesMax)) {
      yield invoice(first);
      current = [];
    }
    current.push(line);
  }
  const first = current[0];
  if (first !== undefined) yield invoice(first);
}

/** One level's line in a command; `sources` are the lines of the file that were merged into it. */
export interface CommandLine {
  readonly sku: Sku;
  readonly location: LocationId;
  readonly quantity: number;
  readonly sources: readonly OrderLine[];
}

/** The commands of an invoice; each inner list fits one command. */
export interface InvoicePlan {
  readonly holds: readonly (readonly CommandLine[])[];
  readonly returns: readonly (readonly CommandLine[])[];
  readonly adjusts: readonly (readonly CommandLine[])[];
}

/** Plans an invoice's commands: sales are held, cancellations are returned, other negative lines are written off. */
export function planInvoice(invoice: Invoice, location: LocationId): InvoicePlan {
  const sales = invoice.lines.filter((line) => line.quantity > 0);
  const returned = invoice.lines.filter((line) => line.cancellation);
  const writtenOff = invoice.lines.filter((line) => line.quantity < 0 && !line.cancellation);
  return {
    holds: chunks(merge(sales, location)),
    returns: chunks(merge(returned, location).map((line) => ({ ...line, quantity: -line.quantity }))),
    adjusts: chunks(merge(writtenOff, location)),
  };
}

/** Merges lines of one item, in order of first appearance. A line that would exceed the limit starts another. */
function merge(lines: readonly OrderLine[], location: LocationId): CommandLine[] {
  const merged = new Map<string, { sku: Sku; location: LocationId; quantity: number; sources: OrderLine[] }>();
  for (const line of lines) {
    let key: string = line.sku;
    let found = merged.get(key);
    while (found !== undefined && Math.abs(found.quantity + line.quantity) > limits.quantityMax) {
      key += "/";
      found = merged.get(key);
    }
    if (found === undefined) {
      merged.set(key, { sku: line.sku, location, quantity: line.quantity, sources: [line] });
    } else {
      found.quantity += line.quantity;
      found.sources.push(line);
    }
  }
  return [...merged.values()];
}

/**
 * A line with more units could exceed the limit of a level. It gets a command of its own, so that a refusal
 * is about that line alone.
 */
const sharedUnitsMax = 1_000_000;

/** Splits lines by the maximum number of levels per command. No level appears twice in one command. */
function chunks(lines: readonly CommandLine[]): CommandLine[][] {
  const result: CommandLine[][] = [];
  let current: CommandLine[] = [];
  let skus = new Set<Sku>();
  for (const line of lines) {
    const alone = Math.abs(line.quantity) > sharedUnitsMax || Math.abs(current[0]?.quantity ?? 0) > sharedUnitsMax;
    if (current.length > 0 && (alone || current.length >= limits.levelsPerCommandMax || skus.has(line.sku))) {
      result.push(current);
      current = [];
      skus = new Set();
    }
    current.push(line);
    skus.add(line.sku);
  }
  if (current.length > 0) result.push(current);
  return result;
}
