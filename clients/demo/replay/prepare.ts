import { limits } from "../../../contract/limits.ts";
import { locations } from "../input/locations.ts";
import type { OpeningLine, Survey } from "../input/opening-stock.ts";
import type { Progress } from "../progress.ts";
import type { Answer } from "../system/api-client.ts";
import { forEachConcurrently } from "./pool.ts";
import { type Session, UnexpectedRefusal } from "./session.ts";
import { watchLevels } from "./watches.ts";

const concurrency = 16;

/**
 * Creates the locations and items that do not exist yet, watches some levels, then receives the opening stock.
 * Repeating it changes nothing.
 */
export async function prepare(session: Session, survey: Survey, progress: Progress): Promise<void> {
  if (session.journal.fact("prepared") !== undefined) return;
  for (const { id, put } of locations) {
    accept(await session.send("put", "putLocation", { path: { id }, body: put, ifMatch: '"0"' }), `location ${id}`);
  }
  progress.start("items", { total: survey.names.size, unit: "items" });
  await forEachConcurrently(survey.names, concurrency, async ([sku, name]) => {
    accept(await session.send("put", "putItem", { path: { sku }, body: { name }, ifMatch: '"0"' }), `item ${sku}`);
    progress.advance(1);
  });
  progress.end();

  const planned = survey.openingStock();
  await watchLevels(session, planned, progress);
  const there = await readSellable(session);
  const opening = session.journal.opening(() => toReceive(planned, there));
  progress.start("opening stock", { total: opening.length, unit: "levels" });
  await forEachConcurrently(receipts(opening), concurrency, async ({ number, lines }) => {
    const answer = await session.send("receive", "makeMovements", {
      key: `${session.runId}-open-${number}`,
      levels: lines,
      body: { kind: "receive", reason: "opening stock", reference: session.runId, lines },
    });
    // Earlier runs can have filled a level to its limit. Such a level needs no more.
    if (answer.kind === "refused" && answer.problem.code !== "quantity_limit") {
      throw new UnexpectedRefusal(`opening stock: ${answer.problem.code}: ${answer.problem.detail}`);
    }
    progress.advance(lines.length);
  });
  progress.end();
  for (const [name, count] of session.takeCounts()) session.journal.count(name, count);
  session.journal.setFact("prepared", new Date().toISOString());
}

/** Accepts version_mismatch: with `If-Match: "0"` the request creates only, and an existing object answers that. */
function accept(answer: Answer<"putItem" | "putLocation">, what: string): void {
  if (answer.kind === "done" || answer.problem.code === "version_mismatch") return;
  throw new UnexpectedRefusal(`${what}: ${answer.problem.code}: ${answer.problem.detail}`);
}

/** Returns the sellable quantity of every level, by `sku/location`. */
async function readSellable(session: Session): Promise<Map<string, number>> {
  const sellable = new Map<string, number>();
  for (const { id } of locations) {
    let cursor: string | null = null;
    do {
      const query: Record<string, string | number> = {
        location: id,
        limit: limits.listLimitMax,
        ...(cursor !== null && { cursor }),
      };
      const answer: Answer<"listLevels"> = await session.send("read", "listLevels", { query });
      if (answer.kind === "refused") throw new UnexpectedRefusal(`levels of ${id}: ${answer.problem.detail}`);
      for (const level of answer.value.items) sellable.set(`${level.sku}/${id}`, level.sellable);
      cursor = answer.value.nextCursor;
    } while (cursor !== null);
  }
  return sellable;
}

/**
 * Returns what to receive: the planned stock minus what earlier runs left. Without that, levels would grow from run
 * to run until nothing is refused any more.
 */
export function toReceive(planned: readonly OpeningLine[], there: ReadonlyMap<string, number>): OpeningLine[] {
  return planned
    .map((line) => ({ ...line, quantity: line.quantity - Math.max(0, there.get(`${line.sku}/${line.location}`) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}

function* receipts(opening: readonly OpeningLine[]): Generator<{ number: number; lines: OpeningLine[] }> {
  for (let start = 0; start < opening.length; start += limits.levelsPerCommandMax) {
    yield {
      number: start / limits.levelsPerCommandMax,
      lines: opening.slice(start, start + limits.levelsPerCommandMax),
    };
  }
}
