import type { RefusedLine } from "../replay/journal.ts";
import type { LedgerStep } from "./ledger.ts";
import { sellableOf } from "./levels.ts";

/**
 * `at` is taken just before the write it is of, so a version takes effect somewhat later than it says:
 * by the write's time-out and one retry, at most.
 */
const slackMs = 2_000;

/**
 * Whether a refused line really was short: at some time between its request and its answer the ledger's running
 * quantities left less sellable than was asked for, and what the answer called available was there.
 * Returns what is wrong, or undefined. `steps` are the level's, by version; before the first, sellable is 0.
 */
export function shortnessProblem(line: RefusedLine, steps: readonly LedgerStep[]): string | undefined {
  const during = sellableDuring(line, steps);
  const short = during.filter((sellable) => sellable < line.requested);
  const asked = `line ${line.line} (invoice ${line.invoice}) was refused ${line.requested}`;
  if (short.length === 0) return `${asked}, but at least ${Math.min(...during)} were sellable all the time`;
  if (line.available === null || short.includes(line.available)) return undefined;
  return `${asked} with ${line.available} available, but sellable was ${[...new Set(short)].slice(0, 5).join(", ")}`;
}

/** Sellable of every version that can have been the newest at some time in the window. */
function sellableDuring(line: RefusedLine, steps: readonly LedgerStep[]): number[] {
  const result: number[] = [];
  let sellable = 0;
  // Clocks of two instances differ: a later version may carry an earlier `at`, but takes effect after.
  let fromMs = Number.NEGATIVE_INFINITY;
  for (const step of steps) {
    const untilMs = Math.max(fromMs, step.atMs);
    if (fromMs - slackMs <= line.toMs && untilMs + slackMs >= line.fromMs) result.push(sellable);
    sellable = sellableOf(step.after);
    fromMs = untilMs;
  }
  if (fromMs - slackMs <= line.toMs) result.push(sellable);
  return result;
}
