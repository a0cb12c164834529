import { z } from "zod";
import { Sku } from "../../../contract/identifiers.ts";
import { limits } from "../../../contract/limits.ts";

/** Columns of the Online Retail data set (https://archive.ics.uci.edu/dataset/352); the optional ones may be absent. */
export const requiredColumns = ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate"] as const;
export const optionalColumns = ["Description", "UnitPrice", "CustomerID", "Country"] as const;
type Column = (typeof requiredColumns)[number] | (typeof optionalColumns)[number];

/** A row as read: its line in the file (the header is line 1) and its fields by column. */
export interface Row {
  readonly line: number;
  readonly fields: Readonly<Partial<Record<Column, string>>>;
}

/** A row that cannot be replayed. `reason` is the same for all rows with one error; `value` is this row's value. */
export interface BadLine {
  readonly line: number;
  readonly column: string;
  readonly reason: string;
  readonly value: string;
}

export interface OrderLine {
  readonly line: number;
  readonly invoice: string;
  readonly sku: Sku;
  readonly description: string;
  /** Positive: a sale. Negative: a return on a cancellation, else a write-off. Never 0. */
  readonly quantity: number;
  readonly at: string;
  readonly unitPrice: number;
  readonly customer: string;
  readonly country: string;
  readonly cancellation: boolean;
}

/** Whole numbers only. `6.0` is accepted, because tools without an integer type write it like that. */
const quantity = z
  .string()
  .regex(/^[+-]?\d{1,15}(\.0*)?$/, "is not a whole number")
  .transform(Number)
  .refine((value) => value !== 0, "is 0")
  .refine((value) => Math.abs(value) <= limits.quantityMax, `is beyond ${limits.quantityMax.toLocaleString("en")}`);

const price = z
  .string()
  .regex(/^([+-]?\d{1,15}(\.\d*)?)?$/, "is not a number")
  .transform(Number);

const datePattern = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?$/;

/** Local time without an offset, read as UTC: the demo needs the order and the day, not the time zone. */
const instant = z.string().transform((text, context) => {
  const parts = datePattern.exec(text);
  const [year, month, day, hour, minute, second] = parts?.slice(1).map((part) => Number(part ?? 0)) ?? [];
  const date = new Date(Date.UTC(year ?? Number.NaN, (month ?? 0) - 1, day, hour, minute, second));
  if (
    parts === null ||
    Number.isNaN(date.getTime()) ||
    date.toISOString().slice(0, 16) !== text.slice(0, 16).replace(" ", "T")
  ) {
    context.addIssue({ code: "custom", message: "is not a time such as 2010-12-01 08:26:00" });
    return z.NEVER;
  }
  return date.toISOString();
});

const Fields = z.object({
  InvoiceNo: z.string().min(1, "is empty").max(128, "is longer than 128 characters"),
  StockCode: Sku,
  Quantity: quantity,
  InvoiceDate: instant,
  Description: z.string().default(""),
  UnitPrice: price.default(0),
  CustomerID: z.string().max(100, "is longer than 100 characters").default(""),
  Country: z.string().default(""),
});

/** Reads one row. Returns a bad line with the reason when the row cannot be replayed. */
export function readOrderLine(row: Row): { kind: "line"; line: OrderLine } | { kind: "bad"; bad: BadLine } {
  const parsed = Fields.safeParse(row.fields);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const column = String(issue?.path[0] ?? "row");
    const value = row.fields[column as Column] ?? "";
    return { kind: "bad", bad: { line: row.line, column, reason: issue?.message ?? "is not valid", value } };
  }
  const fields = parsed.data;
  const cancellation = /^c/i.test(fields.InvoiceNo);
  if (cancellation && fields.Quantity > 0) {
    const reason = "is positive on a cancellation";
    return { kind: "bad", bad: { line: row.line, column: "Quantity", reason, value: String(fields.Quantity) } };
  }
  return {
    kind: "line",
    line: {
      line: row.line,
      invoice: fields.InvoiceNo,
      sku: fields.StockCode,
      description: fields.Description,
      quantity: fields.Quantity,
      at: fields.InvoiceDate,
      unitPrice: fields.UnitPrice,
      customer: fields.CustomerID.replace(/\.0+$/, ""),
      country: fields.Country,
      cancellation,
    },
  };
}
