import { describe, expect, it } from "vitest";
import { errorTtlSeconds, objectTtlSeconds, staleIfErrorSeconds } from "./freshness.ts";

const nowMs = Date.parse("2026-01-01T00:00:00Z");
const later = (seconds: number) => new Date(nowMs + seconds * 1_000).toUTCString();

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html, row by row. */
const rows: readonly (readonly [headers: string[], atMin0: number | undefined, atMin10: number | undefined])[] = [
  [["Cache-Control", "max-age=5"], 5, 10],
  [["Cache-Control", "max-age=30"], 30, 30],
  [["Cache-Control", "max-age=500"], 100, 100],
  [[], 20, 20],
  [["Cache-Control", "public"], 20, 20],
  [["Cache-Control", "max-age=0, s-maxage=30"], 30, 30],
  [["cache-control", "S-MaxAge=30", "cache-control", "max-age=0"], 30, 30],
  [["Expires", later(40)], 40, 40],
  [["Expires", later(400)], 100, 100],
  [["Expires", later(-40)], 0, 10],
  [["Expires", "0"], 0, 10],
  [["Expires", later(40), "Cache-Control", "max-age=50"], 50, 50],
  [["Cache-Control", "no-cache"], 0, 10],
  [["Cache-Control", "no-store"], undefined, 10],
  [["Cache-Control", "private, max-age=60"], undefined, 10],
  [["Cache-Control", "private, no-store"], undefined, 10],
  [["Vary", "*"], undefined, 10],
];

describe("objectTtlSeconds", () => {
  const ttls = (minTtlSeconds: number) => ({ minTtlSeconds, defaultTtlSeconds: 20, maxTtlSeconds: 100 });

  it.each(rows)("%j", (headers, atMin0, atMin10) => {
    expect(objectTtlSeconds(headers, ttls(0), nowMs)).toBe(atMin0);
    expect(objectTtlSeconds(headers, ttls(10), nowMs)).toBe(atMin10);
  });

  it("is undefined under a policy that disables caching", () => {
    const disabled = { minTtlSeconds: 0, defaultTtlSeconds: 0, maxTtlSeconds: 0 };
    expect(objectTtlSeconds(["Cache-Control", "max-age=60"], disabled, nowMs)).toBeUndefined();
  });
});

describe("errorTtlSeconds", () => {
  it.each([
    [404, [], undefined, 10],
    [404, ["Cache-Control", "no-store"], undefined, 10],
    [404, ["Cache-Control", "max-age=60"], undefined, 60],
    [404, ["Cache-Control", "max-age=1"], 5, 5],
    [404, [], 0, 0],
    [503, [], 3, 3],
    [403, [], undefined, 0],
    [403, ["Cache-Control", "max-age=60"], undefined, 60],
    [409, ["Cache-Control", "max-age=60"], undefined, 0],
    [429, [], undefined, 0],
  ] as const)("%i with %j, at least %s: %i", (status, headers, secondsMin, expected) => {
    expect(errorTtlSeconds(status, [...headers], secondsMin)).toBe(expected);
  });
});

describe("staleIfErrorSeconds", () => {
  it("has no limit unless the origin gives one", () => {
    expect(staleIfErrorSeconds([])).toBe(Number.POSITIVE_INFINITY);
    expect(staleIfErrorSeconds(["Cache-Control", "max-age=1, stale-if-error=0"])).toBe(0);
  });
});
