import { Sku } from "../../../contract/identifiers.ts";
import type { OrderLine } from "./order-line.ts";

/** Makes a sale of 6 units; `fields` overrides what matters to the test. */
export const orderLine = (fields: Partial<Omit<OrderLine, "sku">> & { sku?: string } = {}): OrderLine => ({
  line: 2,
  invoice: "536365",
  description: "HEART HOLDER",
  quantity: 6,
  at: "2010-12-01T08:26:00.000Z",
  unitPrice: 2.5,
  customer: "17850",
  country: "United Kingdom",
  cancellation: fields.invoice?.startsWith("C") ?? false,
  ...fields,
  sku: Sku.parse(fields.sku ?? "85123A"),
});
