import type { DatabaseSync, StatementSync } from "node:sqlite";
import { z } from "zod";

/** The events of a run by id, and when it listened for them; made where the journal is. */
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

/** What was announced so shortly before a run was killed may have been on its way, a retry included: nobody took it. */
const underWayMs = 180_000;

const Counts = z.object({
  /** Events that must have been announced while the run listened, or that came. */
  expectedCount: z.int(),
  /** Of these, the ones that came. */
  cameCount: z.int(),
  /** Deliveries past the first one of an event. */
  repeatCount: z.int(),
  /** Events that fell into a time in which the run did not listen, and did not come. */
  unheardCount: z.int(),
});
export type EventCounts = z.output<typeof Counts>;

export interface MadeEvent {
  readonly id: string;
  /** When the change was made that it announces. */
  readonly atMs: number;
}

/**
 * Which events must have been announced and which were delivered, on disk, so that a run of months takes no memory.
 * An event must be when a command that makes it was answered, or when SQL records its change.
 */
export class EventLog {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Since when this process listens. */
  #fromMs = Number.POSITIVE_INFINITY;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** From now on every event should come. */
  beginListening(nowMs: number): void {
    this.#fromMs = nowMs;
    this.#prepared("INSERT OR REPLACE INTO listening VALUES (?, ?)").run(nowMs, nowMs);
  }

  /** The webhook is about to be deleted: what did not come is dropped with it. */
  endListening(): void {
    this.#prepared(`UPDATE event SET dropped = 1 WHERE ${made} AND delivered = 0`).run();
  }

  addDelivered(id: string): void {
    this.#prepared(
      "INSERT INTO event (id, delivered) VALUES (?, 1) ON CONFLICT DO UPDATE SET delivered = delivered + 1",
    ).run(id);
  }

  /** The run's own command was answered. */
  addAnswered({ id, atMs }: MadeEvent): void {
    this.#prepared(
      "INSERT INTO event (id, answered, atMs) VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET answered = 1, atMs = coalesce(atMs, excluded.atMs)",
    ).run(id, atMs);
    this.#prepared("UPDATE listening SET untilMs = ? WHERE fromMs = ?").run(atMs, this.#fromMs);
  }

  /** SQL records the change; its time outranks that of an answer, which may be a repeated one. */
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

  /** Events that must have been announced, while the run listened, and did not come. */
  missing(): string[] {
    return this.#ids(`${made} AND delivered = 0 AND ${heard}`, this.#heardParameters());
  }

  /** Events that came, and of which neither an answer nor SQL tells. */
  unexplained(): string[] {
    return this.#ids(`delivered > 0 AND NOT ${made}`);
  }

  /** Reservation events that an answer told of, and that SQL does not record. */
  unrecorded(): string[] {
    return this.#ids("answered = 1 AND recorded = 0 AND id LIKE 'Reservation%'");
  }

  #ids(condition: string, parameters: Record<string, number> = {}): string[] {
    const rows = this.#prepared(`SELECT id FROM event WHERE ${condition} ORDER BY id`).all(parameters);
    return rows.map(({ id }) => String(id));
  }

  #heardParameters(): Record<string, number> {
    // SQLite knows no infinity.
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
