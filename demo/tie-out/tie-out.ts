import { Pool } from "pg";
import type { Progress } from "../progress.ts";
import type { Journal } from "../replay/journal.ts";
import type { System } from "../system/endpoints.ts";
import { Archive } from "./archive.ts";
import { catchUp } from "./catch-up.ts";
import { compareHoldings, type Difference } from "./compare.ts";
import { settledCopies } from "./copies.ts";
import { type LedgerLevel, type LedgerStep, readLedger } from "./ledger.ts";
import { levelName } from "./levels.ts";
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
  /** Refused lines looked up in the ledger. */
  readonly refusedCount: number;
  readonly differences: readonly Difference[];
}

/** While others change levels the places cannot be compared; so often it is tried again. */
const roundCountMax = 5;

/** Waits for the pipeline, then compares table, ledger, reporting.stock_level, archive and cache, and every refusal with the ledger. */
export async function tieOut(
  system: System,
  options: { journal: Journal; progress: Progress; signal: AbortSignal },
): Promise<TieOut> {
  const { journal, progress, signal } = options;
  const pool = new Pool({ connectionString: system.postgres, max: 2, application_name: "holdfast-demo" });
  const archive = new Archive(system);
  try {
    for (let round = 1; ; round += 1) {
      const before = await readTable(system);
      const { caughtUp, waitedMs } = await catchUp(before, { pool, archive, progress, signal });
      const { ledger, refusedCount, shortness } = await checkLedger(pool, { table: before, journal, progress });
      const stockLevels = await readStockLevels(pool);
      await archive.refresh();
      const copies = await settledCopies(system, before, signal);
      const table = await readTable(system);
      if (caughtUp && round < roundCountMax && !sameVersions(before, table)) continue;
      const problems = archive.problems.map((what) => ({ level: "", what }));
      return {
        caughtUp,
        waitedMs,
        levelCount: table.size,
        changeCount: [...table.values()].reduce((sum, { version }) => sum + version, 0),
        archivedCount: archive.recordCount,
        copyCount: copies.size,
        refusedCount,
        differences: [
          ...problems,
          ...compareHoldings({ table, ledger, stockLevels, archive: archive.levels, copies }),
          ...shortness,
        ],
      };
    }
  } finally {
    archive.close();
    await pool.end();
  }
}

/** One pass over the ledger: the sums of every level, and each refused line against its level's steps. */
async function checkLedger(
  pool: Pool,
  options: { table: ReadonlyMap<string, TableLevel>; journal: Journal; progress: Progress },
): Promise<{ ledger: Map<string, LedgerLevel>; refusedCount: number; shortness: Difference[] }> {
  const { table, journal, progress } = options;
  const open = new Map(journal.refusedLevels().map((level) => [levelName(level), level]));
  const shortness: Difference[] = [];
  let refusedCount = 0;
  const check = (name: string, steps: readonly LedgerStep[]) => {
    const level = open.get(name);
    if (level === undefined) return;
    open.delete(name);
    for (const line of journal.refusedAt(level.sku, level.location)) {
      if (line.code !== "insufficient_stock") continue;
      refusedCount += 1;
      const what = shortnessProblem(line, steps);
      if (what !== undefined) shortness.push({ level: name, what });
    }
  };
  const total = [...table.values()].reduce((sum, { version }) => sum + version, 0);
  progress.start("reading ledger", { total, unit: "movements" });
  const ledger = await readLedger(pool, {
    wantsSteps: (name) => open.has(name),
    onLevel: check,
    onRows: (count) => progress.advance(count),
  });
  progress.end();
  // A level that never moved has no row: it was short of everything.
  for (const name of [...open.keys()]) check(name, []);
  return { ledger, refusedCount, shortness };
}

function sameVersions(before: ReadonlyMap<string, TableLevel>, after: ReadonlyMap<string, TableLevel>): boolean {
  if (before.size !== after.size) return false;
  return [...after].every(([name, level]) => before.get(name)?.version === level.version);
}
