import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Journal } from "../replay/journal.ts";

const held = (number: number): string => `ReservationHeld/reservation/demo-1-${number}/1`;
const minuteMs = 60_000;

/** A log that listens from 1:00. */
function openLog() {
  const journal = Journal.open(":memory:");
  onTestFinished(() => journal.close());
  journal.events.beginListening(minuteMs);
  return journal.events;
}

describe("EventLog", () => {
  it("counts what came of what was made, and what came again", () => {
    const log = openLog();
    log.addDelivered(held(1)); // It may overtake the answer.
    for (const number of [1, 2]) log.addAnswered({ id: held(number), atMs: 2 * minuteMs });
    for (const id of [held(2), held(2), held(3), held(3)]) log.addDelivered(id);
    log.addRecorded([1, 2, 3].map((number) => ({ id: held(number), atMs: 2 * minuteMs })));
    expect(log.counts()).toEqual({ expectedCount: 3, cameCount: 3, repeatCount: 2, unheardCount: 0 });
    expect([log.missing(), log.unexplained(), log.unrecorded()]).toEqual([[], [], []]);
  });

  it("names what never came, what nobody made, and what SQL does not record", () => {
    const log = openLog();
    log.addAnswered({ id: held(1), atMs: 2 * minuteMs });
    log.addRecorded([{ id: held(2), atMs: 2 * minuteMs }]);
    log.addDelivered(held(3));
    log.addAnswered({ id: "ItemChanged/item/MUG/1", atMs: 2 * minuteMs });
    log.addDelivered("ItemChanged/item/MUG/1");
    expect(log.missing()).toEqual([held(1), held(2)]);
    expect(log.unexplained()).toEqual([held(3)]);
    expect(log.unrecorded()).toEqual([held(1)]);
    expect(log.counts()).toEqual({ expectedCount: 3, cameCount: 1, repeatCount: 0, unheardCount: 0 });
  });

  it("does not miss what was dropped with a webhook", () => {
    const log = openLog();
    log.addAnswered({ id: held(1), atMs: 2 * minuteMs });
    log.endListening();
    log.beginListening(3 * minuteMs);
    log.addAnswered({ id: held(2), atMs: 4 * minuteMs });
    expect(log.missing()).toEqual([held(2)]);
    expect(log.counts()).toMatchObject({ expectedCount: 1, unheardCount: 1 });
  });

  it("does not miss what fell between two times of listening, nor in the last minutes of a killed one", () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-demo-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "journal.sqlite");
    const first = Journal.open(path);
    first.events.beginListening(minuteMs);
    const atMinutes = (number: number) => ({ id: held(number), atMs: number * minuteMs });
    for (const number of [2, 7, 8, 10]) first.events.addAnswered(atMinutes(number));
    first.close(); // As good as killed at 10:00.

    const second = Journal.open(path);
    onTestFinished(() => second.close());
    expect(second.events.missing()).toEqual([held(2), held(7)]);
    second.events.beginListening(20 * minuteMs);
    second.events.addRecorded([15, 21].map(atMinutes));
    // Told again to the resumed run, but SQL knows when it happened.
    second.events.addAnswered({ id: held(12), atMs: 21 * minuteMs });
    second.events.addRecorded([atMinutes(12)]);
    expect(second.events.missing()).toEqual([held(2), held(21), held(7)]);
    expect(second.events.counts()).toEqual({ expectedCount: 3, cameCount: 0, repeatCount: 0, unheardCount: 4 });
  });
});
