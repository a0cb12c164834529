import type { DatabaseSync, StatementSync } from "node:sqlite";
import { z } from "zod";

/** Tables in the journal's database: the events of a run by id, and the periods in which the run listened. */
export const eventTables = `
  CREATE TABLE IF NOT EXISTS event (
    id TEXT PRIMARY KEY,
    delivered INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0,
    recorded INTEGER NOT NULL DEFAULT 0,
    dropped INTEGER NOT NULL DEFAULT 0,
    atMs REAL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS listening (fromMs REAL PRIMARY KEY, untilMs REAL NOT NULL) WITHOUT ROWID;
`;

/**
 * An event that was announced within this time before a run was killed may still have been in delivery, retries
 * included, when its receiver was already stopped.
 */
const underWayMs = 180_000;

const Counts = z.object({
  /** Events that must have been announced while the run listened, or that were delivered. */
  expectedCount: z.int(),
  /** The number of expected events that were delivered. */
  cameCount: z.int(),
  /** Deliveries of an event after its first one. */
  repeatCount: z.int(),
  /** Events from a time when the run did not listen, which were not delivered. */
  unheardCount: z.int(),
});
export type EventCounts = z.output<typeof Counts>;

export interface MadeEvent {
  readonly id: string;
  /** The time of the change that the event announces. */
  readonly atMs: number;
}

/**
 * Records which events must have been announced and which were delivered. The log is on disk, so that long input
 * needs no memory. An event is expected when a command that causes it was answered, or when SQL records its change.
 */
export class EventLog {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** The time at which this process began to listen. */
  #fromMs = Number.POSITIVE_INFINITY;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Every event from now on is expected to be delivered. */
  beginListening(nowMs: number): void {
    this.#fromMs = nowMs;
    this.#prepared("INSERT OR REPLACE INTO listening VALUES (?, ?)").run(nowMs, nowMs);
  }

  /** Marks events that were not delivered as dropped, because their webhook is about to be deleted. */
  endListening(): void {
    this.#prepared(`UPDATE event SET dropped = 1 WHERE ${made} AND delivered = 0`).run();
  }

  addDelivered(id: string): void {
    this.#prepared(
      "INSERT INTO event (id, delivered) VALUES (?, 1) ON CONFLICT DO UPDATE SET delivered = delivered + 1",
    ).run(id);
  }

  /** Records the event of a command that this run sent and got an answer for. */
  addAnswered({ id, atMs }: MadeEvent): void {
    this.#prepared(
      "INSERT INTO event (id, answered, atMs) VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET answered = 1, atMs = coalesce(atMs, excluded.atMs)",
    ).run(id, atMs);
    this.#prepared("UPDATE listening SET untilMs = ? WHERE fromMs = ?").run(atMs, this.#fromMs);
  }

  /** Records changes that SQL holds. Their time replaces an answer's time, because the answer may be a repeated one. */
  addRecorded(events: readonly MadeEvent[]): void {
    const insert = this.#prepared(
      "INSERT INTO event (id, recorded, atMs) VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET recorded = 1, atMs = excluded.atMs",
    );
    this.#database.exec("BEGIN");
    for (const { id, atMs } of events) insert.run(id, atMs);
    this.#database.exec("COMMIT");
  }

  counts(): EventCounts {
    const row = this.#prepared(
      `SELECT count(*) FILTER (WHERE ${made} AND (${heard} OR delivered > 0)) AS expectedCount,
        count(*) FILTER (WHERE ${made} AND delivered > 0) AS cameCount,
        coalesce(sum(delivered - 1) FILTER (WHERE delivered > 1), 0) AS repeatCount,
        count(*) FILTER (WHERE ${made} AND delivered = 0 AND NOT ${heard}) AS unheardCount
      FROM event`,
    ).get(this.#heardParameters());
    return Counts.parse(row);
  }

  /** Returns events that must have been announced while the run listened, and were not delivered. */
  missing(): string[] {
    return this.#ids(`${made} AND delivered = 0 AND ${heard}`, this.#heardParameters());
  }

  /** Returns delivered events that neither an answer nor SQL explains. */
  unexplained(): string[] {
    return this.#ids(`delivered > 0 AND NOT ${made}`);
  }

  /** Returns reservation events that an answer implies and SQL does not record. */
  unrecorded(): string[] {
    return this.#ids("answered = 1 AND recorded = 0 AND id LIKE 'Reservation%'");
  }

  #ids(condition: string, parameters: Record<string, number> = {}): string[] {
    const rows = this.#prepared(`SELECT id FROM event WHERE ${condition} ORDER BY id`).all(parameters);
    return rows.map(({ id }) => String(id));
  }

  #heardParameters(): Record<string, number> {
    // SQLite has no infinity.
    return { ":fromMs": Math.min(this.#fromMs, Number.MAX_SAFE_INTEGER), ":underWayMs": underWayMs };
  }

  #prepared(sql: string): StatementSync {
    const found = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, found);
    return found;
  }
}

const made = "(answered = 1 OR recorded = 1)";
const heard = `(dropped = 0 AND (event.atMs >= :fromMs OR EXISTS (
  SELECT 1 FROM listening WHERE event.atMs BETWEEN listening.fromMs AND listening.untilMs - :underWayMs
)))`;
