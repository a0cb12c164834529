import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import { z } from "zod";
import { type BadLine, optionalColumns, type Row, requiredColumns } from "./order-line.ts";
import { InputError, type OrderSource, type SourceRow } from "./source.ts";
import { WholeLines } from "./text-lines.ts";

/** What csv-parse yields with `info: true`. */
const Parsed = z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) });

const columns = [...requiredColumns, ...optionalColumns];

/** Opens a CSV of order lines, gzip or plain (told by content). @throws InputError when it is neither. */
export async function openCsv(path: string): Promise<OrderSource> {
  const gzip = await startsAsGzip(path);
  const source: OrderSource = {
    label: basename(path),
    fingerprint: await digest(path),
    rows: () => readRows({ path, gzip }),
  };
  // The header is checked before anything else is asked of the file.
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
  const bad: BadLine[] = [];
  const lines = new WholeLines((line) => bad.push({ ...line, column: "line" }));
  // Unquoted text may hold a pair of quotes (12" X 12"): relaxed, it is read as it stands.
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: "\n",
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) =>
      void bad.push({
        line: Number(error?.lines ?? 0),
        column: "line",
        reason: "is not CSV",
        value: error?.code ?? "",
      }),
  });
  const raw = createReadStream(file.path);
  const steps: Readable[] = file.gzip ? [raw, createGunzip()] : [raw];
  const flow = pipeline([...steps, lines, parser]);
  flow.catch(() => undefined); // The parser, destroyed by the same error, throws it below.
  let header: Header | undefined;
  try {
    for await (const entry of parser) {
      const { record, info } = Parsed.parse(entry);
      if (header === undefined) {
        header = readHeader(record, file.path);
        continue;
      }
      while (bad.length > 0) yield { kind: "bad", bad: bad.shift() as BadLine };
      yield readRecord(header, record, info.lines);
    }
    await flow;
  } catch (cause) {
    throw unreadable(file.path, cause);
  } finally {
    raw.destroy();
    parser.destroy();
  }
  if (header === undefined) throw new InputError(`${file.path}: no header found; ${expected}`);
  for (const line of bad) yield { kind: "bad", bad: line };
}

interface Header {
  readonly size: number;
  readonly positions: ReadonlyMap<(typeof columns)[number], number>;
}

const expected = `expected a CSV of order lines with the columns ${requiredColumns.join(", ")}`;

function readHeader(record: readonly string[], path: string): Header {
  const names = record.map((name) => name.trim());
  const missing = requiredColumns.filter((column) => !names.includes(column));
  if (missing.length > 0) throw new InputError(`${path}: no column ${missing.join(", ")}; ${expected}`);
  const positions = new Map(columns.map((column) => [column, names.indexOf(column)] as const));
  return { size: names.length, positions: new Map([...positions].filter(([, position]) => position !== -1)) };
}

function readRecord(header: Header, record: readonly string[], line: number): SourceRow {
  if (record.length !== header.size) {
    const reason = `has ${record.length} fields, the header ${header.size}`;
    return { kind: "bad", bad: { line, column: "line", reason, value: record.join(",").slice(0, 60) } };
  }
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
