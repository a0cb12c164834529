import { describe, expect, it } from "vitest";
import { createBreaker } from "./breaker.ts";

describe("createBreaker", () => {
  it("opens after a number of failures in a row, allows one attempt per interval, and closes on success", () => {
    let nowMs = 0;
    const breaker = createBreaker({ clock: () => nowMs, failureCountMax: 3, openMs: 1_000 });
    breaker.failed(false);
    breaker.succeeded();
    expect([breaker.failed(false), breaker.failed(false)]).toEqual(["stays", "stays"]);
    expect(breaker.allows()).toBe(true);
    expect(breaker.failed(false)).toBe("opened");
    expect(breaker.allows()).toBe(false);
    nowMs = 1_000;
    expect([breaker.allows(), breaker.allows()]).toEqual([true, false]);
    breaker.failed(false);
    nowMs = 1_999;
    expect(breaker.allows()).toBe(false);
    nowMs = 2_000;
    expect(breaker.allows()).toBe(true);
    breaker.succeeded();
    expect([breaker.allows(), breaker.allows()]).toEqual([true, true]);
  });

  it("opens immediately when the connection is lost", () => {
    const breaker = createBreaker({ clock: () => 0, failureCountMax: 3, openMs: 1_000 });
    expect(breaker.failed(true)).toBe("opened");
    expect(breaker.allows()).toBe(false);
  });
});
