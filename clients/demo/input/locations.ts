import type { z } from "zod";
import type { LocationPut } from "../../../contract/catalogue.ts";
import { LocationId } from "../../../contract/identifiers.ts";
import type { Invoice } from "./invoice.ts";
import { hash } from "./seeded.ts";

/** The demo's locations. The catalogue of `make up` and every replay use the same three. */
export const locations = [
  { id: LocationId.parse("LEEDS"), put: { name: "Leeds warehouse", kind: "warehouse", priority: 10 } },
  { id: LocationId.parse("BRISTOL"), put: { name: "Bristol warehouse", kind: "warehouse", priority: 20 } },
  { id: LocationId.parse("ROTTERDAM"), put: { name: "Rotterdam warehouse", kind: "warehouse", priority: 30 } },
] as const satisfies readonly { id: LocationId; put: z.input<typeof LocationPut> }[];

const [leeds, bristol, rotterdam] = locations;

/**
 * Returns the location that serves an invoice: Rotterdam for invoices from abroad, else Leeds or Bristol by invoice
 * number. An invoice has one location, so that many invoices compete for the same levels.
 */
export function locationOf(seed: number, invoice: Invoice): LocationId {
  if (invoice.lines[0]?.country !== "United Kingdom") return rotterdam.id;
  return hash(seed, `location/${invoice.number}`) % 2 === 0 ? leeds.id : bristol.id;
}
