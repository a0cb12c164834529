import type { z } from "zod";
import type { LocationPut } from "../../../contract/catalogue.ts";
import { LocationId } from "../../../contract/identifiers.ts";
import type { Invoice } from "./invoice.ts";
import { hash } from "./seeded.ts";

/** The demo's places; the catalogue of `make up` and every replay use the same three. */
export const locations = [
  { id: LocationId.parse("LEEDS"), put: { name: "Leeds warehouse", kind: "warehouse", priority: 10 } },
  { id: LocationId.parse("BRISTOL"), put: { name: "Bristol warehouse", kind: "warehouse", priority: 20 } },
  { id: LocationId.parse("ROTTERDAM"), put: { name: "Rotterdam warehouse", kind: "warehouse", priority: 30 } },
] as const satisfies readonly { id: LocationId; put: z.input<typeof LocationPut> }[];

const [leeds, bristol, rotterdam] = locations;

/**
 * Where an invoice is served: abroad from Rotterdam, the rest from Leeds or Bristol by its number.
 * One place an invoice, so that many invoices compete for the same levels.
 */
export function locationOf(seed: number, invoice: Invoice): LocationId {
  if (invoice.lines[0]?.country !== "United Kingdom") return rotterdam.id;
  return hash(seed, `location/${invoice.number}`) % 2 === 0 ? leeds.id : bristol.id;
}
