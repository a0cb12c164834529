import { describe, expect, it } from "vitest";
import { boundsOf, daysBetween } from "./period.ts";

const nowMs = Date.parse("2026-03-01T00:30:00.000Z");

describe("boundsOf", () => {
  it("counts the last days including today, in UTC", () => {
    expect(boundsOf({ kind: "last", dayCount: 1 }, nowMs)).toEqual({ from: "2026-03-01T00:00:00.000Z" });
    expect(boundsOf({ kind: "last", dayCount: 30 }, nowMs)).toEqual({ from: "2026-01-31T00:00:00.000Z" });
  });

  it("includes both days, and reads an empty day as no bound", () => {
    expect(boundsOf({ kind: "days", first: "2026-02-01", last: "2026-02-28" }, nowMs)).toEqual({
      from: "2026-02-01T00:00:00.000Z",
      to: "2026-03-01T00:00:00.000Z",
    });
    expect(boundsOf({ kind: "days", first: "", last: "2026-12-31" }, nowMs)).toEqual({
      to: "2027-01-01T00:00:00.000Z",
    });
    expect(boundsOf({ kind: "all" }, nowMs)).toEqual({});
  });
});

describe("daysBetween", () => {
  it("returns every day from the first to the last, from input in any order, across the end of a month", () => {
    expect(daysBetween(["2026-03-02", "2026-02-27", "2026-03-02"])).toEqual([
      "2026-02-27",
      "2026-02-28",
      "2026-03-01",
      "2026-03-02",
    ]);
    expect(daysBetween([])).toEqual([]);
  });
});
