import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { levelOf } from "../../stock-server.fixture.ts";
import { type Levels, takeIn } from "./levels.ts";

describe("takeIn", () => {
  it("keeps the newest version of each level, whatever was repeated, late or lost before it", () => {
    const versions = fc.array(
      fc.record({ location: fc.constantFrom("LEEDS", "YORK"), version: fc.integer({ min: 1, max: 20 }) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(versions, (arrivals) => {
        let held: Levels = new Map();
        for (const { location, version } of arrivals) held = takeIn(held, [levelOf(location, version, version * 7)]);
        for (const location of ["LEEDS", "YORK"]) {
          const newest = Math.max(0, ...arrivals.filter((level) => level.location === location).map((l) => l.version));
          expect(held.get(`MUG/${location}`)?.onHand).toBe(newest === 0 ? undefined : newest * 7);
        }
      }),
    );
  });

  it("returns the same map when nothing is newer", () => {
    const held = takeIn(new Map(), [levelOf("LEEDS", 3, 5)]);
    expect(takeIn(held, [levelOf("LEEDS", 3, 9), levelOf("LEEDS", 2, 9)])).toBe(held);
  });
});
