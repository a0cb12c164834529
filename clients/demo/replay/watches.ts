import type { LocationId, Sku } from "../../../contract/identifiers.ts";
import type { Policy } from "../../../contract/level.ts";
import type { OpeningLine } from "../input/opening-stock.ts";
import { fraction } from "../input/seeded.ts";
import type { Progress } from "../progress.ts";
import type { Watch } from "./journal.ts";
import { forEachConcurrently } from "./pool.ts";
import { type Session, UnexpectedRefusal } from "./session.ts";

const watchedShare = 0.1;
const watchedCountMax = 200;
const concurrency = 16;

/** A level is low at a fifth of its opening quantity, and has recovered at half of it. */
const thresholdOf = (quantity: number): number => Math.floor(quantity / 5);
const clearOf = (quantity: number): number => Math.max(thresholdOf(quantity) + 1, Math.floor(quantity / 2));

/**
 * Puts a low-stock policy on some levels, chosen by the seed, before stock is received. An empty level is low
 * immediately, recovers with its opening stock and runs low again as it sells. Levels that already have a low-stock
 * policy are not changed.
 */
export async function watchLevels(
  session: Session,
  planned: readonly OpeningLine[],
  progress: Progress,
): Promise<void> {
  const watches = await session.journal.watches(() => choose(session, planned));
  progress.start("policies", { total: watches.length, unit: "levels" });
  await forEachConcurrently(watches, concurrency, async ({ sku, location, threshold, clear }) => {
    const { safety, backorderLimit } = await readPolicy(session, { sku, location });
    await putPolicy(session, { sku, location }, { safety, backorderLimit, lowStock: { threshold, clear } });
    progress.advance(1);
  });
  progress.end();
}

/** Removes the policies again, so that the next run finds the levels as this one did. */
export async function unwatchLevels(session: Session): Promise<void> {
  await forEachConcurrently(session.journal.watched(), concurrency, async (watch) => {
    const { safety, backorderLimit } = await readPolicy(session, watch);
    await putPolicy(session, watch, { safety, backorderLimit });
  });
}

async function choose(session: Session, planned: readonly OpeningLine[]): Promise<Watch[]> {
  const count = Math.min(watchedCountMax, Math.ceil(planned.length * watchedShare));
  const rank = ({ sku, location }: OpeningLine) => fraction(session.seed, `watch/${sku}/${location}`);
  const candidates = [...planned].sort((one, other) => rank(one) - rank(other)).slice(0, count);
  const chosen: Watch[] = [];
  await forEachConcurrently(candidates, concurrency, async ({ sku, location, quantity }) => {
    if ((await readPolicy(session, { sku, location })).lowStock !== undefined) return;
    chosen.push({ sku, location, threshold: thresholdOf(quantity), clear: clearOf(quantity) });
  });
  return chosen;
}

type Place = { readonly sku: Sku; readonly location: LocationId };

export async function readPolicy(session: Session, { sku, location }: Place): Promise<Policy> {
  const answer = await session.send("read", "getPolicy", { path: { sku, location } });
  if (answer.kind === "done") return answer.value;
  throw new UnexpectedRefusal(`policy of ${sku} at ${location}: ${answer.problem.code}: ${answer.problem.detail}`);
}

async function putPolicy(session: Session, { sku, location }: Place, body: Policy): Promise<void> {
  const levels = [{ sku, location }];
  const answer = await session.send("policy", "putPolicy", { path: { sku, location }, body, levels });
  if (answer.kind === "done") return;
  throw new UnexpectedRefusal(`policy of ${sku} at ${location}: ${answer.problem.code}: ${answer.problem.detail}`);
}
