import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toCsv } from "./csv.ts";

describe("toCsv", () => {
  it("writes a header and one line for each row, and quotes fields where needed", () => {
    const rows = [
      { sku: "A", reason: 'said "no", twice', quantity: -3 },
      { sku: "B", reason: "two\nlines", quantity: null },
      { sku: "C", reason: "", quantity: 0 },
    ];
    expect(toCsv(["sku", "quantity", "reason"], rows)).toBe(
      'sku,quantity,reason\r\nA,-3,"said ""no"", twice"\r\nB,,"two\nlines"\r\nC,0,""\r\n',
    );
  });

  it("writes only the header when there are no rows", () => {
    expect(toCsv(["sku", "on_hand"], [])).toBe("sku,on_hand\r\n");
  });

  it("writes CSV that a parser reads back unchanged (any text)", () => {
    const row = fc.record({ a: fc.string({ unit: "binary" }), b: fc.string() });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        expect(parse(toCsv(["a", "b"], rows), { columns: true })).toEqual(rows);
      }),
    );
  });
});
