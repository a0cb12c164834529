import { describe, expect, it } from "vitest";
import { type Row, readOrderLine } from "./order-line.ts";

const row = (fields: Row["fields"] = {}): Row => ({
  line: 7,
  fields: {
    InvoiceNo: "536365",
    StockCode: "85123A",
    Description: "HEART HOLDER",
    Quantity: "6",
    InvoiceDate: "2010-12-01 08:26:00",
    UnitPrice: "2.55",
    CustomerID: "17850.0",
    Country: "United Kingdom",
    ...fields,
  },
});

describe("readOrderLine", () => {
  it("reads a sale, and reads customer 17850.0 as 17850", () => {
    expect(readOrderLine(row())).toEqual({
      kind: "line",
      line: {
        line: 7,
        invoice: "536365",
        sku: "85123A",
        description: "HEART HOLDER",
        quantity: 6,
        at: "2010-12-01T08:26:00.000Z",
        unitPrice: 2.55,
        customer: "17850",
        country: "United Kingdom",
        cancellation: false,
      },
    });
  });

  it.each([
    ["no description, price or customer", { Description: "", UnitPrice: "", CustomerID: "" }, { unitPrice: 0 }],
    ["a negative price (bad debt)", { UnitPrice: "-11062.06" }, { unitPrice: -11062.06 }],
    ["a write-off", { Quantity: "-10" }, { quantity: -10, cancellation: false }],
    ["a cancellation", { InvoiceNo: "C536365", Quantity: "-74215" }, { quantity: -74215, cancellation: true }],
    ["a whole number written as a float", { Quantity: "6.0" }, { quantity: 6 }],
    ["a code in lower case, which it keeps", { StockCode: "m" }, { sku: "m" }],
    ["the largest quantity", { Quantity: "1000000000" }, { quantity: 1_000_000_000 }],
    ["29 February of a leap year", { InvoiceDate: "2012-02-29 10:00:00" }, { at: "2012-02-29T10:00:00.000Z" }],
  ])("accepts %s", (_what, fields, expected) => {
    expect(readOrderLine(row(fields))).toMatchObject({ kind: "line", line: expected });
  });

  it.each([
    ["a code with a space", { StockCode: "BANK CHARGES" }, "StockCode", /^allowed are A-Z a-z 0-9 \. _ - /],
    ["no code", { StockCode: "" }, "StockCode", /./],
    ["a code of 65 characters", { StockCode: "x".repeat(65) }, "StockCode", /./],
    ["no invoice", { InvoiceNo: "" }, "InvoiceNo", /^is empty$/],
    ["quantity 0", { Quantity: "0" }, "Quantity", /^is 0$/],
    ["quantity 2.5", { Quantity: "2.5" }, "Quantity", /^is not a whole number$/],
    ["quantity ten", { Quantity: "ten" }, "Quantity", /^is not a whole number$/],
    ["no quantity", { Quantity: "" }, "Quantity", /^is not a whole number$/],
    ["a quantity past the limit", { Quantity: "1000000001" }, "Quantity", /^is beyond 1,000,000,000$/],
    ["a price with a comma", { UnitPrice: "2,55" }, "UnitPrice", /^is not a number$/],
    ["30 February", { InvoiceDate: "2011-02-30 10:00:00" }, "InvoiceDate", /^is not a time such as/],
    ["hour 25", { InvoiceDate: "2011-02-20 25:00:00" }, "InvoiceDate", /^is not a time such as/],
    ["a date in words", { InvoiceDate: "yesterday" }, "InvoiceDate", /^is not a time such as/],
    ["a cancellation that adds", { InvoiceNo: "C1", Quantity: "3" }, "Quantity", /^is positive on a cancellation$/],
  ])("reports %s", (_what, fields, column, reason) => {
    const value = (fields as Record<string, string>)[column];
    expect(readOrderLine(row(fields))).toEqual({
      kind: "bad",
      bad: { line: 7, column, value, reason: expect.stringMatching(reason) },
    });
  });
});
