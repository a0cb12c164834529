import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import type { Progress } from "../progress.ts";
import type { Archive } from "./archive.ts";
import { readStockLevels } from "./stock-level.ts";
import type { TableLevel } from "./table.ts";

/** Firehose buffers records for at most one buffer interval, so after a longer silence nothing more will arrive. */
const silenceMsMax = 120_000;
const pollMs = 1_000;

/**
 * Waits until reporting.stock_level and the archive hold every version of the table's levels. Also returns when
 * neither has made progress for two minutes: the comparison then reports what is missing.
 */
export async function catchUp(
  table: ReadonlyMap<string, TableLevel>,
  options: { pool: Pool; archive: Archive; progress: Progress; signal: AbortSignal },
): Promise<{ caughtUp: boolean; waitedMs: number }> {
  const startedMs = Date.now();
  const changeCount = sum(table.values(), (level) => level.version);
  options.progress.start("archive", { total: changeCount, unit: "records", done: options.archive.recordCount });
  await options.archive.refresh(() => options.progress.reach(options.archive.recordCount));
  options.progress.end();
  // Each change counts twice: once in the archive and once in SQL.
  const total = 2 * changeCount;
  options.progress.start("catching up", { total, unit: "changes" });
  let done = -1;
  let movedMs = Date.now();
  for (;;) {
    await options.archive.refresh();
    const reached = await reachedOf(table, options);
    if (reached > done) movedMs = Date.now();
    done = reached;
    options.progress.reach(done);
    const caughtUp = done >= total;
    if (caughtUp || options.signal.aborted || Date.now() - movedMs > silenceMsMax) {
      options.progress.end();
      return { caughtUp, waitedMs: Date.now() - startedMs };
    }
    await sleep(pollMs);
  }
}

async function reachedOf(
  table: ReadonlyMap<string, TableLevel>,
  { pool, archive }: { pool: Pool; archive: Archive },
): Promise<number> {
  const stockLevels = await readStockLevels(pool);
  return sum(table.entries(), ([name, level]) => {
    const inArchive = Math.min(level.version, archive.levels.get(name)?.versions.count ?? 0);
    return inArchive + Math.min(level.version, stockLevels.get(name)?.version ?? 0);
  });
}

function sum<Entry>(entries: Iterable<Entry>, amountOf: (entry: Entry) => number): number {
  let total = 0;
  for (const entry of entries) total += amountOf(entry);
  return total;
}
