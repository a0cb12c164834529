import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { z } from "zod";
import { LocationId, Sku } from "../../../contract/identifiers.ts";
import type { OpeningLine } from "../input/opening-stock.ts";
import { EventLog, eventTables } from "../listen/event-log.ts";
import { SystemError } from "../system/endpoints.ts";

/** The outcome of an invoice. Lines are lines of the file, units are stock, `value` is in the file's currency. */
const InvoiceResult = z.object({
  soldLines: z.number(),
  soldUnits: z.number(),
  soldValue: z.number(),
  returnedLines: z.number(),
  returnedUnits: z.number(),
  adjustedLines: z.number(),
  adjustedUnits: z.number(),
  refusedLines: z.number(),
});
export type InvoiceResult = z.output<typeof InvoiceResult>;
const resultNames = InvoiceResult.keyof().options;

const Totals = InvoiceResult.extend({ invoiceCount: z.number(), lineCount: z.number() });

/** A merged line that was refused, with the time window of the refused request. */
const RefusedLine = z.object({
  firstLine: z.int(),
  step: z.string(),
  invoice: z.string(),
  line: z.int(),
  lineCount: z.int(),
  code: z.string(),
  sku: z.string(),
  location: z.string(),
  requested: z.int(),
  /** The quantity in the answer; null when the refusal names none. */
  available: z.int().nullable(),
  fromMs: z.number(),
  toMs: z.number(),
});
export type RefusedLine = Readonly<z.output<typeof RefusedLine>>;
const OpeningRow = z.object({ sku: Sku, location: LocationId, quantity: z.int().min(1) });
/** A level with a low-stock policy of the run: low at `threshold` or below, until it reaches `clear` or more. */
const Watch = z.object({ sku: Sku, location: LocationId, threshold: z.int().min(0), clear: z.int().min(1) });
export type Watch = Readonly<z.output<typeof Watch>>;

const refusedNames = RefusedLine.keyof().options;

// With these settings a killed demo loses nothing. A crash of the machine can lose the last writes; then the same
// idempotency keys are sent again.
const setUp = `
  PRAGMA busy_timeout = 500;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS run (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS opening (sku, location, quantity, PRIMARY KEY (location, sku)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS watch (sku, location, threshold, clear, PRIMARY KEY (location, sku)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS invoice (firstLine INTEGER PRIMARY KEY, lineCount, ${resultNames.join(", ")});
  CREATE TABLE IF NOT EXISTS refused (
    ${refusedNames.join(", ")},
    PRIMARY KEY (firstLine, step, sku)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS refusedByLevel ON refused (sku, location);
  ${eventTables}
`;

/**
 * The record of what a run has done so far, in its own file, so that the next start continues from there.
 * A refusal is written before the rest of its command is tried: a resumed run sends the same request with the same key.
 */
export class Journal {
  readonly path: string;
  readonly events: EventLog;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(path: string, database: DatabaseSync) {
    this.path = path;
    this.#database = database;
    this.events = new EventLog(database);
  }

  /** Opens or creates the journal at `path` and locks it for this process. @throws SystemError when it is locked. */
  static open(path: string): Journal {
    if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
    const database = new DatabaseSync(path);
    try {
      database.exec(setUp);
    } catch (cause) {
      database.close();
      if (!(cause instanceof Error) || !/locked/.test(cause.message)) throw cause;
      throw new SystemError(`${path}: another demo is at work on this run; wait for it, or end it`, { cause });
    }
    return new Journal(path, database);
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  static remove(path: string): void {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
  }

  fact(name: string): string | undefined {
    const row = this.#prepared("SELECT value FROM run WHERE name = ?").get(name);
    return row === undefined ? undefined : String(row.value);
  }

  setFact(name: string, value: string): void {
    this.#prepared("INSERT INTO run VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value").run(name, value);
  }

  count(name: string, by: number): void {
    this.#prepared("INSERT INTO counter VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value").run(
      name,
      by,
    );
  }

  counters(prefix: string): Map<string, number> {
    const rows = this.#prepared("SELECT name, value FROM counter WHERE name >= ? AND name < ?").all(
      prefix,
      `${prefix}\u{10ffff}`,
    );
    return new Map(rows.map((row) => [String(row.name).slice(prefix.length), Number(row.value)]));
  }

  /** Returns the stock to receive. It is planned once, because a resumed run must send the same under the same keys. */
  opening(plan: () => readonly OpeningLine[]): OpeningLine[] {
    if (this.fact("openingPlanned") === undefined) {
      this.#database.exec("BEGIN");
      for (const { sku, location, quantity } of plan()) {
        this.#prepared("INSERT INTO opening VALUES (?, ?, ?)").run(sku, location, quantity);
      }
      this.setFact("openingPlanned", new Date().toISOString());
      this.#database.exec("COMMIT");
    }
    const rows = this.#prepared("SELECT sku, location, quantity FROM opening ORDER BY location, sku").all();
    return rows.map((row) => OpeningRow.parse(row));
  }

  /** Returns the levels to watch. They are chosen once. */
  async watches(choose: () => Promise<readonly Watch[]>): Promise<Watch[]> {
    if (this.fact("watchesChosen") === undefined) {
      const chosen = await choose();
      this.#database.exec("BEGIN");
      for (const { sku, location, threshold, clear } of chosen) {
        this.#prepared("INSERT INTO watch VALUES (?, ?, ?, ?)").run(sku, location, threshold, clear);
      }
      this.setFact("watchesChosen", new Date().toISOString());
      this.#database.exec("COMMIT");
    }
    return this.watched();
  }

  watched(): Watch[] {
    const rows = this.#prepared("SELECT sku, location, threshold, clear FROM watch ORDER BY location, sku").all();
    return rows.map((row) => Watch.parse(row));
  }

  hasInvoice(firstLine: number): boolean {
    return this.#prepared("SELECT 1 FROM invoice WHERE firstLine = ?").get(firstLine) !== undefined;
  }

  /** Records a finished invoice; `counts` are the session's counts since the invoice before. */
  addInvoice(
    invoice: { firstLine: number; lineCount: number },
    result: InvoiceResult,
    counts: ReadonlyMap<string, number>,
  ): void {
    this.#database.exec("BEGIN");
    const values = resultNames.map((name) => result[name]);
    this.#prepared(`INSERT OR REPLACE INTO invoice VALUES (?, ?${", ?".repeat(values.length)})`).run(
      invoice.firstLine,
      invoice.lineCount,
      ...values,
    );
    for (const [name, by] of counts) this.count(name, by);
    this.#database.exec("COMMIT");
  }

  totals(): z.output<typeof Totals> {
    const sums = resultNames.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(", ");
    return Totals.parse(
      this.#prepared(
        `SELECT count(*) AS invoiceCount, coalesce(sum(lineCount), 0) AS lineCount, ${sums} FROM invoice`,
      ).get(),
    );
  }

  addRefused(lines: readonly RefusedLine[]): void {
    this.#database.exec("BEGIN");
    for (const line of lines) {
      this.#prepared(
        `INSERT OR IGNORE INTO refused (${refusedNames.join(", ")}) VALUES (?${", ?".repeat(refusedNames.length - 1)})`,
      ).run(...refusedNames.map((name) => line[name]));
    }
    this.#database.exec("COMMIT");
  }

  /** Returns the refused lines of one step of an invoice. A resumed run leaves them out. */
  refusedOf(firstLine: number, step: string): RefusedLine[] {
    return this.#prepared("SELECT * FROM refused WHERE firstLine = ? AND step = ?")
      .all(firstLine, step)
      .map(readRefused);
  }

  refusedAt(sku: string, location: string): RefusedLine[] {
    return this.#prepared("SELECT * FROM refused WHERE sku = ? AND location = ?").all(sku, location).map(readRefused);
  }

  /** Returns the levels at which a line was refused. */
  refusedLevels(): { sku: string; location: string }[] {
    const rows = this.#prepared("SELECT DISTINCT sku, location FROM refused ORDER BY sku, location").all();
    return rows.map((row) => ({ sku: String(row.sku), location: String(row.location) }));
  }

  /** Returns the number of refused lines by reason and command; `count` counts merged lines. */
  refusals(): { code: string; command: string; count: number; lines: number }[] {
    const rows = this.#prepared(
      `SELECT code, rtrim(step, '0123456789') AS command, count(*) AS count, sum(lineCount) AS lines
       FROM refused GROUP BY 1, 2 ORDER BY lines DESC`,
    ).all();
    return rows.map((row) => ({
      code: String(row.code),
      command: String(row.command),
      count: Number(row.count),
      lines: Number(row.lines),
    }));
  }

  refusalExamples(limit: number): RefusedLine[] {
    return this.#prepared("SELECT * FROM refused ORDER BY line LIMIT ?").all(limit).map(readRefused);
  }

  #prepared(sql: string): StatementSync {
    const found = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, found);
    return found;
  }
}

const readRefused = (row: Record<string, SQLOutputValue>): RefusedLine => RefusedLine.parse(row);
