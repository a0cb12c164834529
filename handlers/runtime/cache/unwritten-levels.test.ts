import { describe, expect, it } from "vitest";
import type { LocationId, Sku } from "../../../contract/identifiers.ts";
import { levelOf } from "../../../test/support/level.fixture.ts";
import { freshMsMax } from "./level-cache.ts";
import { UnwrittenLevels, unwrittenItemCountMax } from "./unwritten-levels.ts";

const sku = "MUG" as Sku;
const level = levelOf({ sku, version: 3 });
const place = { sku, location: level.location };

function setup() {
  const time = { nowMs: 0 };
  return { time, unwritten: new UnwrittenLevels(() => time.nowMs) };
}

describe("UnwrittenLevels", () => {
  it("returns the highest version of a level, in whatever order the writes failed", () => {
    const { unwritten } = setup();
    expect([unwritten.leastVersion(place), unwritten.includesItem(sku)]).toEqual([0, false]);
    unwritten.add([level]);
    unwritten.add([levelOf({ sku, version: 2 })]);
    expect([unwritten.leastVersion(place), unwritten.includesItem(sku)]).toEqual([3, true]);
    expect(unwritten.leastVersion({ sku, location: "ELSEWHERE" as LocationId })).toBe(0);
  });

  it("forgets an item when the older cached levels have expired", () => {
    const { time, unwritten } = setup();
    unwritten.add([level]);
    time.nowMs = freshMsMax - 1;
    expect(unwritten.leastVersion(place)).toBe(3);
    time.nowMs = freshMsMax;
    expect([unwritten.leastVersion(place), unwritten.includesItem(sku)]).toEqual([0, false]);
  });

  it("ignores a level that never moved", () => {
    const { unwritten } = setup();
    unwritten.add([levelOf({ sku, version: 0 })]);
    expect(unwritten.includesItem(sku)).toBe(false);
  });

  it("remembers a bounded number of items, and forgets the one whose write failed longest ago", () => {
    const { unwritten } = setup();
    unwritten.add([level]);
    for (let count = 1; count < unwrittenItemCountMax; count += 1) {
      unwritten.add([levelOf({ sku: `MUG-${count}`, version: 1 })]);
    }
    unwritten.add([level]);
    expect(unwritten.includesItem("MUG-1" as Sku)).toBe(true);
    unwritten.add([levelOf({ sku: "ONE-MORE", version: 1 })]);
    const kept = [sku, "MUG-1", "MUG-2", "ONE-MORE"].map((name) => unwritten.includesItem(name as Sku));
    expect(kept).toEqual([true, false, true, true]);
  });
});
