import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { createProgress, duration, figuresOf } from "./progress.ts";

describe("figuresOf", () => {
  it("returns the rate of this process and the estimated end", () => {
    const nowMs = new Date(2026, 10, 24, 9, 30, 0).getTime();
    expect(figuresOf({ done: 1_500, doneBefore: 500, total: 4_500, elapsedMs: 10_000, nowMs })).toEqual({
      rate: "100",
      end: ", 30 s left, done at 09:30:30",
    });
  });

  it("returns no end when it cannot be estimated", () => {
    const nowMs = 0;
    expect(figuresOf({ done: 0, doneBefore: 0, total: 10, elapsedMs: 1_000, nowMs }).end).toBe("");
    expect(figuresOf({ done: 7, doneBefore: 0, total: 0, elapsedMs: 2_000, nowMs })).toEqual({ rate: "3.5", end: "" });
  });
});

describe("createProgress", () => {
  it("writes plain lines when the output is not a terminal", () => {
    const out = new PassThrough();
    const progress = createProgress(out);
    progress.start("replaying", { total: 10, unit: "lines" });
    progress.advance(4);
    progress.advance(6);
    progress.note("asking again"); // Too early to be shown.
    progress.end();
    expect(String(out.read())).toMatch(/^replaying: 10 of 10 lines, [\d,.]+\/s\n$/);
  });
});

describe("duration", () => {
  it.each([
    [3.4, "3 s"],
    [90, "1 min 30 s"],
    [7_260, "2 h 1 min"],
  ])("renders %f seconds as %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
