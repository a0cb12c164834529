import { Lazy } from "cdktf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type NamedKind, nameLimits, physicalName } from "./naming.ts";

const kinds = Object.keys(nameLimits) as NamedKind[];

describe("physicalName", () => {
  it("joins its parts", () => {
    expect(physicalName("queue", "holdfast", "dev", "expiry")).toBe("holdfast-dev-expiry");
  });

  it.each(kinds)("keeps a name of a %s at the limit and shortens one past it", (kind) => {
    const { lengthMax } = nameLimits[kind];
    const longest = "a".repeat(lengthMax);
    expect(physicalName(kind, longest)).toBe(longest);
    const shortened = physicalName(kind, `${longest}b`);
    expect(shortened).toHaveLength(lengthMax);
    expect(shortened).toMatch(nameLimits[kind].alphabet);
  });

  it.each(kinds)("refuses a character that a %s does not take", (kind) => {
    expect(() => physicalName(kind, "näme")).toThrow(`does not fit a ${kind}`);
  });

  it("refuses a name that is too short", () => {
    expect(() => physicalName("table", "ab")).toThrow("takes 3 to 255 characters");
  });

  it("gives different names to long names that differ only at the end", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{64}$/),
        fc.stringMatching(/^[a-z]{5}$/),
        fc.stringMatching(/^[a-z]{5}$/),
        (stem, one, other) => {
          fc.pre(one !== other);
          expect(physicalName("role", `${stem}${one}`)).not.toBe(physicalName("role", `${stem}${other}`));
        },
      ),
    );
  });

  it("returns a name that only Terraform knows as it is", () => {
    const unknown = Lazy.stringValue({ produce: () => "later" });
    expect(physicalName("bucket", "archive", unknown)).toBe(`archive-${unknown}`);
  });
});
