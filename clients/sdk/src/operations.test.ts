import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { generatedFile, generateOperations } from "../generate.ts";

describe("operations.generated.ts", () => {
  it("is up to date with the contract", () => {
    const hint = "the contract has changed: tools/node/node clients/sdk/generate.ts";
    expect(readFileSync(generatedFile, "utf8") === generateOperations(), hint).toBe(true);
  });
});
