import { describe, expect, it } from "vitest";
import { decodeCursor, encodeCursor } from "./cursor.ts";

const parseNumber = (position: string) => (/^\d+$/.test(position) ? Number(position) : undefined);
const refused = { kind: "refused", refusal: { code: "validation_failed", errors: [{ path: "cursor" }] } };

describe("decodeCursor", () => {
  it("returns the encoded position", () => {
    expect(decodeCursor(encodeCursor("17"), parseNumber)).toMatchObject({ kind: "done", value: 17 });
  });

  it("means the first page when the cursor is absent or empty", () => {
    for (const cursor of [undefined, ""]) {
      expect(decodeCursor(cursor, parseNumber)).toMatchObject({ kind: "done", value: undefined });
    }
  });

  it("refuses a cursor of another list", () => {
    expect(decodeCursor(encodeCursor("MUG"), parseNumber)).toMatchObject(refused);
  });

  it("refuses a text that encodeCursor cannot produce (bits after the last byte, padding, plain text)", () => {
    expect(encodeCursor("17")).toBe("MTc");
    for (const cursor of ["MTd", "MTc=", "17"]) expect(decodeCursor(cursor, parseNumber)).toMatchObject(refused);
  });
});
