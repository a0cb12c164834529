import { describe, expect, it } from "vitest";
import { aboutRequests } from "./log.ts";

describe("aboutRequests", () => {
  it("lists each request once", () => {
    expect(aboutRequests(["a", "b", "a"])).toEqual({ correlation_ids: ["a", "b"] });
  });

  it("lists at most a thousand requests, and counts those left out", () => {
    const ids = Array.from({ length: 1_002 }, (_, index) => `request-${index}`);
    expect(aboutRequests(ids)).toEqual({ correlation_ids: ids.slice(0, 1_000), correlation_ids_left_out: 2 });
  });
});
