import { describe, expect, it } from "vitest";
import { queueDelaySeconds } from "./queue-delay.ts";

const nowMs = Date.parse("2026-03-01T12:00:00.000Z");

describe("queueDelaySeconds", () => {
  it.each([
    [-60_000, 0],
    [0, 0],
    [1, 1],
    [1_000, 1],
    [1_001, 2],
    [899_001, 900],
    [900_001, 900],
    [86_400_000, 900],
  ])("is never early and never above the queue's limit (%i ms left: %i s)", (leftMs, seconds) => {
    expect(queueDelaySeconds(nowMs + leftMs, nowMs)).toBe(seconds);
  });
});
