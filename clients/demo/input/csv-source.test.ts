import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCsv } from "./csv-source.ts";
import type { BadLine, OrderLine } from "./order-line.ts";
import { readOrderLines } from "./source.ts";
import { lineBytesMax } from "./text-lines.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-demo-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
const good = (invoice: number) => `${invoice},85123A,HEART HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom`;

let fileCount = 0;
function file(content: string | Buffer, name = "orders.csv"): string {
  fileCount += 1;
  const path = join(folder, `${fileCount}-${name}`);
  writeFileSync(path, content);
  return path;
}

async function read(content: string | Buffer): Promise<{ lines: OrderLine[]; bad: BadLine[] }> {
  const bad: BadLine[] = [];
  const lines: OrderLine[] = [];
  for await (const line of readOrderLines(await openCsv(file(content)), (found) => bad.push(found))) lines.push(line);
  return { lines, bad };
}

describe("openCsv", () => {
  it("reads plain text and gzip, which it detects by content", async () => {
    const text = `${header}\n${good(1)}\n${good(2)}\n`;
    const plain = await read(text);
    expect(plain).toEqual(await read(gzipSync(text)));
    expect(plain.lines.map(({ line, invoice }) => [line, invoice])).toEqual([
      [2, "1"],
      [3, "2"],
    ]);
  });

  it("reads a byte order mark, CRLF, quoted commas, columns in another order and unknown columns", async () => {
    const { lines, bad } = await read(
      '\ufeffCountry,Quantity,Colour,InvoiceNo,InvoiceDate,StockCode,Description\r\nEIRE,-3,red,C7,2010-12-01 08:26,22960,"JAM, ""3"" POTS"\r\n',
    );
    expect(bad).toEqual([]);
    expect(lines).toEqual([
      {
        line: 2,
        invoice: "C7",
        sku: "22960",
        description: 'JAM, "3" POTS',
        quantity: -3,
        at: "2010-12-01T08:26:00.000Z",
        unitPrice: 0,
        customer: "",
        country: "EIRE",
        cancellation: true,
      },
    ]);
  });

  it("reports bad lines by number and continues (missing fields, an unclosed quote, a line that is too long)", async () => {
    const { lines, bad } = await read(
      [
        header,
        good(1),
        "2,85123A",
        '3,85123A,"open,6,2010',
        good(4),
        "x".repeat(3 * lineBytesMax),
        good(5),
        '6,7,8" X 12",1,2010-12-01 08:26:00,1,1,EIRE',
        "",
      ].join("\n"),
    );
    expect(lines.map(({ line }) => line)).toEqual([2, 5, 7, 8]);
    expect(lines.at(-1)?.description).toBe('8" X 12"');
    expect(bad.map(({ line, reason }) => [line, reason]).sort()).toEqual([
      [3, "has 2 fields, the header 8"],
      [4, "has a quote that is not closed"],
      [6, `is longer than ${lineBytesMax} bytes`],
    ]);
  });

  it("reads every good line, whatever the lines next to it contain", async () => {
    const junk = fc
      .string({ unit: fc.constantFrom('"', ",", "a", " ", "\\", "'", "é", "\r", "\0", "1") })
      .map((text) => text.replaceAll("\n", ""));
    await fc.assert(
      fc.asyncProperty(fc.array(junk, { maxLength: 6 }), async (junkLines) => {
        const rows = junkLines.flatMap((line, index) => [line, good(100 + index)]);
        const { lines } = await read([header, ...rows].join("\n"));
        const found = lines.filter(({ sku }) => sku === "85123A").map(({ line, invoice }) => [line, invoice]);
        expect(found).toEqual(junkLines.map((_, index) => [2 * index + 3, String(100 + index)]));
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ["a missing file", () => join(folder, "nowhere.csv"), /there is no such file$/],
    ["a folder", () => folder, /it is not a file$/],
    ["an empty file", () => file(""), /the file is empty$/],
    ["blank lines alone", () => file("\n\n"), /no header found; expected a CSV/],
    ["another CSV", () => file("a,b\n1,2\n"), /no column InvoiceNo, StockCode, Quantity, InvoiceDate; expected/],
    ["no CSV at all", () => file(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1, 2, 10, 3])), /no column InvoiceNo/],
    ["a damaged gzip", () => file(gzipSync("x".repeat(99)).subarray(0, 12)), /damaged gzip/],
  ])("refuses %s in one line", async (_what, path, message) => {
    const refusal = await openCsv(path()).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: "InputError", message: expect.stringMatching(message) });
    expect((refusal as Error).message).not.toContain("\n");
  });

  it("throws at the end of a gzip that is cut short", async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => good(index * 7919));
    const whole = gzipSync([header, ...rows].join("\n"));
    const path = file(whole.subarray(0, whole.length - 100));
    const source = await openCsv(path);
    await expect(async () => {
      for await (const _ of source.rows());
    }).rejects.toMatchObject({ name: "InputError", message: expect.stringContaining("damaged gzip") });
  });
});
