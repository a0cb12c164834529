import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { resourceTable, resourceTableFile } from "./resource-table.ts";

it("RESOURCES.md says what the code does (npm run resources -w laptop writes it)", () => {
  expect(readFileSync(resourceTableFile, "utf8")).toBe(resourceTable());
});
