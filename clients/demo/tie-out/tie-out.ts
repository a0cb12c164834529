import { Pool } from "pg";
import type { Progress } from "../progress.ts";
import type { Journal } from "../replay/journal.ts";
import type { Session } from "../replay/session.ts";
import type { System } from "../system/endpoints.ts";
import { Archive } from "./archive.ts";
import { catchUp } from "./catch-up.ts";
import { compareHoldings, type Difference } from "./compare.ts";
import { settledCopies } from "./copies.ts";
import { type Crossing, crossingsOf } from "./crossings.ts";
import { type CheckedEvents, checkEvents } from "./events.ts";
import { type LedgerLevel, type LedgerStep, readLedger } from "./ledger.ts";
import { levelName } from "./levels.ts";
import { checkMails } from "./mails.ts";
import { type CheckedSearch, checkSearch } from "./search.ts";
import { shortnessProblem } from "./shortness.ts";
import { readStockLevels } from "./stock-level.ts";
import { readTable, type TableLevel } from "./table.ts";

export interface TieOut {
  readonly caughtUp: boolean;
  readonly waitedMs: number;
  readonly levelCount: number;
  readonly changeCount: number;
  readonly archivedCount: number;
  /** Levels that the cache held. */
  readonly copyCount: number;
  /** Refused lines that were checked against the ledger. */
  readonly refusedCount: number;
  readonly search: Omit<CheckedSearch, "differences">;
  readonly events: Omit<CheckedEvents, "differences">;
  readonly mailCount: number;
  /** How often a level ran low because of a reservation. */
  readonly soldLowCount: number;
  readonly differences: readonly Difference[];
}

export interface TieOutOptions {
  readonly session: Session;
  /** Names of the run's items by sku. */
  readonly names: ReadonlyMap<string, string>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** The stores cannot be compared while others change levels. The comparison is tried at most this number of times. */
const roundCountMax = 5;

/** Waits for the pipeline, then compares all stores that hold levels, and checks events, mails and search. */
export async function tieOut(system: System, options: TieOutOptions): Promise<TieOut> {
  const pool = new Pool({ connectionString: system.postgres, max: 2, application_name: "holdfast-demo" });
  try {
    const { differences, crossings, ...compared } = await comparePlaces(system, pool, options);
    const events = await checkEvents(pool, { ...options, crossings });
    const mails = await checkMails(system, { ...options, crossings });
    const search = await checkSearch(options.session, options.names, options);
    return {
      ...compared,
      search,
      events,
      mailCount: mails.count,
      soldLowCount: crossings.filter(({ type, kind }) => type === "StockRanLow" && kind === "reserve").length,
      differences: [...differences, ...search.differences, ...events.differences, ...mails.differences],
    };
  } finally {
    await pool.end();
  }
}

type Compared = Omit<TieOut, "search" | "events" | "mailCount" | "soldLowCount"> & {
  readonly crossings: readonly Crossing[];
};

async function comparePlaces(system: System, pool: Pool, options: TieOutOptions): Promise<Compared> {
  const { session, progress, signal } = options;
  const archive = new Archive(system);
  try {
    for (let round = 1; ; round += 1) {
      const before = await readTable(system);
      const { caughtUp, waitedMs } = await catchUp(before, { pool, archive, progress, signal });
      const ledgered = await checkLedger(pool, { table: before, journal: session.journal, progress });
      const { ledger, refusedCount, shortness, crossings } = ledgered;
      const stockLevels = await readStockLevels(pool);
      await archive.refresh();
      const copies = await settledCopies(system, before, signal);
      const table = await readTable(system);
      if (caughtUp && round < roundCountMax && !sameVersions(before, table)) continue;
      const problems = archive.problems.map((what) => ({ subject: "", what }));
      return {
        caughtUp,
        waitedMs,
        levelCount: table.size,
        changeCount: [...table.values()].reduce((sum, { version }) => sum + version, 0),
        archivedCount: archive.recordCount,
        copyCount: copies.size,
        refusedCount,
        crossings,
        differences: [
          ...problems,
          ...compareHoldings({ table, ledger, stockLevels, archive: archive.levels, copies }),
          ...shortness,
        ],
      };
    }
  } finally {
    archive.close();
  }
}

interface CheckedLedger {
  readonly ledger: Map<string, LedgerLevel>;
  readonly refusedCount: number;
  readonly shortness: readonly Difference[];
  readonly crossings: readonly Crossing[];
}

/**
 * Makes one pass over the ledger: adds up every level, checks each refused line against its level's steps, and
 * collects the crossings of watched levels.
 */
async function checkLedger(
  pool: Pool,
  options: { table: ReadonlyMap<string, TableLevel>; journal: Journal; progress: Progress },
): Promise<CheckedLedger> {
  const { table, journal, progress } = options;
  const open = new Map(journal.refusedLevels().map((level) => [levelName(level), level]));
  const watched = new Map(journal.watched().map((watch) => [levelName(watch), watch]));
  const crossings: Crossing[] = [];
  const shortness: Difference[] = [];
  let refusedCount = 0;
  const check = (name: string, steps: readonly LedgerStep[]) => {
    const watch = watched.get(name);
    if (watch !== undefined) crossings.push(...crossingsOf(watch, steps));
    const level = open.get(name);
    if (level === undefined) return;
    open.delete(name);
    for (const line of journal.refusedAt(level.sku, level.location)) {
      if (line.code !== "insufficient_stock") continue;
      refusedCount += 1;
      const what = shortnessProblem(line, steps);
      if (what !== undefined) shortness.push({ subject: name, what });
    }
  };
  const total = [...table.values()].reduce((sum, { version }) => sum + version, 0);
  progress.start("reading ledger", { total, unit: "movements" });
  const ledger = await readLedger(pool, {
    wantsSteps: (name) => open.has(name) || watched.has(name),
    onLevel: check,
    onRows: (count) => progress.advance(count),
  });
  progress.end();
  // A level that never moved has no row, so it was short of any quantity.
  for (const name of [...open.keys()]) check(name, []);
  return { ledger, refusedCount, shortness, crossings };
}

function sameVersions(before: ReadonlyMap<string, TableLevel>, after: ReadonlyMap<string, TableLevel>): boolean {
  if (before.size !== after.size) return false;
  return [...after].every(([name, level]) => before.get(name)?.version === level.version);
}
