import { describe, expect, it } from "vitest";
import { subnetOf } from "./cidr.ts";

describe("subnetOf", () => {
  it.each([
    ["10.20.0.0/16", 20, 0, "10.20.0.0/20"],
    ["10.20.0.0/16", 20, 1, "10.20.16.0/20"],
    ["10.20.0.0/16", 20, 15, "10.20.240.0/20"],
    ["192.168.0.0/22", 24, 3, "192.168.3.0/24"],
    ["255.0.0.0/8", 9, 1, "255.128.0.0/9"],
  ])("of %s with /%i, number %i, is %s", (range, prefixLength, index, subnet) => {
    expect(subnetOf(range, prefixLength, index)).toBe(subnet);
  });

  it("refuses the first block past the end", () => {
    expect(() => subnetOf("10.20.0.0/16", 20, 16)).toThrow(
      "10.20.0.0/16 holds 16 blocks of /20; number 16 is past the end",
    );
  });

  it.each(["10.20.0.0", "10.20.0/16", "10.20.0.256/16", "10.20.0.0/24"])("refuses %s for blocks of /20", (range) => {
    expect(() => subnetOf(range, 20, 0)).toThrow("is no IPv4 range that holds blocks of /20");
  });
});
