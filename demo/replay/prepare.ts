import { limits } from "../../contract/limits.ts";
import { locations } from "../input/locations.ts";
import type { OpeningLine, Survey } from "../input/opening-stock.ts";
import type { Progress } from "../progress.ts";
import type { Answer } from "../system/api-client.ts";
import { forEachConcurrently } from "./pool.ts";
import { type Session, UnexpectedRefusal } from "./session.ts";

const concurrency = 16;

/** Makes the locations and items that are not there yet, then receives the opening stock. Repeating it changes nothing. */
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

  const opening = survey.openingStock();
  progress.start("opening stock", { total: opening.length, unit: "levels" });
  await forEachConcurrently(receipts(opening), concurrency, async ({ number, lines }) => {
    const answer = await session.send("receive", "makeMovements", {
      key: `${session.runId}-open-${number}`,
      levels: lines,
      body: { kind: "receive", reason: "opening stock", reference: session.runId, lines },
    });
    // A level that is full to the limit by earlier runs needs no more.
    if (answer.kind === "refused" && answer.problem.code !== "quantity_limit") {
      throw new UnexpectedRefusal(`opening stock: ${answer.problem.code}: ${answer.problem.detail}`);
    }
    progress.advance(lines.length);
  });
  progress.end();
  for (const [name, count] of session.takeCounts()) session.journal.count(name, count);
  session.journal.setFact("prepared", new Date().toISOString());
}

/** `If-Match: "0"` makes what is not there and leaves alone what is: that answers version_mismatch. */
function accept(answer: Answer<"putItem" | "putLocation">, what: string): void {
  if (answer.kind === "done" || answer.problem.code === "version_mismatch") return;
  throw new UnexpectedRefusal(`${what}: ${answer.problem.code}: ${answer.problem.detail}`);
}

function* receipts(opening: readonly OpeningLine[]): Generator<{ number: number; lines: OpeningLine[] }> {
  for (let start = 0; start < opening.length; start += limits.levelsPerCommandMax) {
    yield {
      number: start / limits.levelsPerCommandMax,
      lines: opening.slice(start, start + limits.levelsPerCommandMax),
    };
  }
}
