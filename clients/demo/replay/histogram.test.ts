import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Histogram } from "./histogram.ts";

describe("Histogram", () => {
  it("returns every percentile at most 10 % too high", () => {
    const latencies = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(latencies, fc.constantFrom(0.5, 0.95, 0.99, 1), (values, share) => {
        const histogram = new Histogram();
        for (const value of values) histogram.add(value);
        const exact = [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? 0;
        expect(histogram.percentileMs(share)).toBeGreaterThanOrEqual(exact * 0.999);
        expect(histogram.percentileMs(share)).toBeLessThanOrEqual(exact * 1.101);
      }),
    );
  });

  it("is 0 without values", () => {
    expect(new Histogram().percentileMs(0.5)).toBe(0);
  });
});
