import type { RefusedLine } from "../replay/journal.ts";
import type { LedgerStep } from "./ledger.ts";
import { sellableOf } from "./levels.ts";

/**
 * `at` is the time just before the write, so a version takes effect somewhat later. The difference is at most the
 * write's time-out and one retry.
 */
const slackMs = 2_000;

/**
 * Checks that a refused line really was short: at some time between its request and its answer the ledger's running
 * quantities had less sellable than requested, and the quantity that the answer called available.
 * Returns what is wrong, or undefined. `steps` are the level's steps by version; before the first, sellable is 0.
 */
export function shortnessProblem(line: RefusedLine, steps: readonly LedgerStep[]): string | undefined {
  const during = sellableDuring(line, steps);
  const short = during.filter((sellable) => sellable < line.requested);
  const asked = `line ${line.line} (invoice ${line.invoice}) was refused ${line.requested}`;
  if (short.length === 0) return `${asked}, but at least ${Math.min(...during)} were sellable all the time`;
  if (line.available === null || short.includes(line.available)) return undefined;
  return `${asked} with ${line.available} available, but sellable was ${[...new Set(short)].slice(0, 5).join(", ")}`;
}

/** Returns the sellable quantity of every version that can have been the newest at some time in the window. */
function sellableDuring(line: RefusedLine, steps: readonly LedgerStep[]): number[] {
  const result: number[] = [];
  let sellable = 0;
  // The clocks of two instances differ: a later version may have an earlier `at`, but it takes effect later.
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
