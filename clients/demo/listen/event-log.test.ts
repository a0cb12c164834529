import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Journal } from "../replay/journal.ts";

const held = (number: number): string => `ReservationHeld/reservation/demo-1-${number}/1`;
const minuteMs = 60_000;

/** Opens a log that listens from minute 1. */
function openLog() {
  const journal = Journal.open(":memory:");
  onTestFinished(() => journal.close());
  journal.events.beginListening(minuteMs);
  return journal.events;
}

describe("EventLog", () => {
  it("counts expected events, delivered events and repeated deliveries", () => {
    const log = openLog();
    log.addDelivered(held(1)); // A delivery may arrive before the answer.
    for (const number of [1, 2]) log.addAnswered({ id: held(number), atMs: 2 * minuteMs });
    for (const id of [held(2), held(2), held(3), held(3)]) log.addDelivered(id);
    log.addRecorded([1, 2, 3].map((number) => ({ id: held(number), atMs: 2 * minuteMs })));
    expect(log.counts()).toEqual({ expectedCount: 3, cameCount: 3, repeatCount: 2, unheardCount: 0 });
    expect([log.missing(), log.unexplained(), log.unrecorded()]).toEqual([[], [], []]);
  });

  it("lists events that never arrived, events without a cause, and events that SQL does not record", () => {
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

  it("does not report events that were dropped with a deleted webhook", () => {
    const log = openLog();
    log.addAnswered({ id: held(1), atMs: 2 * minuteMs });
    log.endListening();
    log.beginListening(3 * minuteMs);
    log.addAnswered({ id: held(2), atMs: 4 * minuteMs });
    expect(log.missing()).toEqual([held(2)]);
    expect(log.counts()).toMatchObject({ expectedCount: 1, unheardCount: 1 });
  });

  it("does not report events between two listening periods, nor from the last minutes of a killed run", () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-demo-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "journal.sqlite");
    const first = Journal.open(path);
    first.events.beginListening(minuteMs);
    const atMinutes = (number: number) => ({ id: held(number), atMs: number * minuteMs });
    for (const number of [2, 7, 8, 10]) first.events.addAnswered(atMinutes(number));
    first.close(); // Like a process that is killed at minute 10.

    const second = Journal.open(path);
    onTestFinished(() => second.close());
    expect(second.events.missing()).toEqual([held(2), held(7)]);
    second.events.beginListening(20 * minuteMs);
    second.events.addRecorded([15, 21].map(atMinutes));
    // The resumed run gets the answer again, but SQL records the original time.
    second.events.addAnswered({ id: held(12), atMs: 21 * minuteMs });
    second.events.addRecorded([atMinutes(12)]);
    expect(second.events.missing()).toEqual([held(2), held(21), held(7)]);
    expect(second.events.counts()).toEqual({ expectedCount: 3, cameCount: 0, repeatCount: 0, unheardCount: 4 });
  });
});
