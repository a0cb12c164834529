import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { CsvError, parse } from "csv-parse/sync";
import { z } from "zod";
import { optionalColumns, type Row, requiredColumns } from "./order-line.ts";
import { InputError, type OrderSource, type SourceRow } from "./source.ts";
import { lineBytesMax, type TextLine, textLines } from "./text-lines.ts";

/** The output of csv-parse for one line. */
const Records = z.tuple([z.array(z.string())]);

const columns = [...requiredColumns, ...optionalColumns];

/** Opens a CSV of order lines, gzip or plain, which it detects by content. @throws InputError when it is neither. */
export async function openCsv(path: string): Promise<OrderSource> {
  const gzip = await startsAsGzip(path);
  const source: OrderSource = {
    label: basename(path),
    fingerprint: await digest(path),
    rows: () => readRows({ path, gzip }),
  };
  // Reads the first row, so that a wrong header is reported now.
  for await (const _ of source.rows()) break;
  return source;
}

async function startsAsGzip(path: string): Promise<boolean> {
  const file = await open(path, "r").catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === "ENOENT" ? "there is no such file" : `it cannot be opened (${cause.code})`;
    throw new InputError(`${path}: ${why}`, { cause });
  });
  try {
    if (!(await file.stat()).isFile()) throw new InputError(`${path}: it is not a file`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    if (bytesRead === 0) throw new InputError(`${path}: the file is empty`);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex").slice(0, 16);
}

async function* readRows(file: { path: string; gzip: boolean }): AsyncGenerator<SourceRow> {
  const raw = createReadStream(file.path);
  const bytes: Readable = file.gzip ? raw.pipe(createGunzip()) : raw;
  raw.on("error", (error) => bytes.destroy(error));
  let header: Header | undefined;
  try {
    for await (const textLine of textLines(bytes)) {
      if (textLine.text.trim() === "") continue;
      if (header === undefined) header = readHeader(textLine.text, file.path);
      else yield readRecord(header, textLine);
    }
  } catch (cause) {
    throw unreadable(file.path, cause);
  } finally {
    raw.destroy();
    bytes.destroy();
  }
  if (header === undefined) throw new InputError(`${file.path}: no header found; ${expected}`);
}

/**
 * Returns the fields of one line, or a string that says why it cannot be parsed. Each line is parsed separately:
 * in this format no field spans lines, and in a file parsed as a whole one stray quote would hide the lines after it.
 */
function splitLine(text: string): readonly string[] | string {
  if (!text.includes('"')) return text.split(",");
  try {
    // Unquoted text may contain quotes (12" X 12"). `relax_quotes` reads them as ordinary characters.
    const records = Records.parse(parse(text, { relax_quotes: true, record_delimiter: "\n" }));
    return records[0];
  } catch (error) {
    if (error instanceof CsvError)
      return error.code === "CSV_QUOTE_NOT_CLOSED" ? "has a quote that is not closed" : "is not CSV";
    throw error;
  }
}

interface Header {
  readonly size: number;
  readonly positions: ReadonlyMap<(typeof columns)[number], number>;
}

const expected = `expected a CSV of order lines with the columns ${requiredColumns.join(", ")}`;

function readHeader(text: string, path: string): Header {
  const record = splitLine(text.replace(/^\ufeff/, ""));
  if (typeof record === "string") throw new InputError(`${path}: the header ${record}; ${expected}`);
  const names = record.map((name) => name.trim());
  const missing = requiredColumns.filter((column) => !names.includes(column));
  if (missing.length > 0) throw new InputError(`${path}: no column ${missing.join(", ")}; ${expected}`);
  const positions = new Map(columns.map((column) => [column, names.indexOf(column)] as const));
  return { size: names.length, positions: new Map([...positions].filter(([, position]) => position !== -1)) };
}

function readRecord(header: Header, { line, text, tooLong }: TextLine): SourceRow {
  const bad = (reason: string): SourceRow => ({
    kind: "bad",
    bad: { line, column: "line", reason, value: text.slice(0, 60) },
  });
  if (tooLong) return bad(`is longer than ${lineBytesMax} bytes`);
  const record = splitLine(text);
  if (typeof record === "string") return bad(record);
  if (record.length !== header.size) return bad(`has ${record.length} fields, the header ${header.size}`);
  const fields: Row["fields"] = Object.fromEntries(
    [...header.positions].map(([column, position]) => [column, (record[position] ?? "").trim()]),
  );
  return { kind: "row", row: { line, fields } };
}

function unreadable(path: string, cause: unknown): unknown {
  if (cause instanceof InputError) return cause;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (/^Z_|ERR_ZLIB|UNEXPECTED_END/.test(code)) return new InputError(`${path}: damaged gzip (${code})`, { cause });
  if (/^E[A-Z]+$/.test(code)) return new InputError(`${path}: cannot be read (${code})`, { cause });
  return cause;
}
