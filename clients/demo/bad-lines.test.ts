import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BadLines } from "./bad-lines.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-demo-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function reported(count: number) {
  const path = join(folder, "demo", "run.bad-lines.txt");
  const badLines = new BadLines(path);
  for (let line = 2; line < count + 2; line += 1) {
    badLines.add({ line, column: "StockCode", reason: "is not good", value: "BANK\u001b CHARGES" });
  }
  return { path, lines: badLines.report() };
}

describe("BadLines", () => {
  it("says nothing when every line was good", () => {
    expect(reported(0).lines).toEqual([]);
  });

  it("prints each of a few lines and escapes terminal control characters", () => {
    const { lines, path } = reported(2);
    expect(lines).toEqual([
      "bad lines  2, left out:",
      '  line 2: StockCode "BANK\\u001b CHARGES": is not good',
      '  line 3: StockCode "BANK\\u001b CHARGES": is not good',
    ]);
    expect(existsSync(path)).toBe(false);
  });

  it("writes all lines to a file when there are many", () => {
    const { lines, path } = reported(1_500);
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe(`  and 1,480 more; all of them are in ${path}`);
    expect(readFileSync(path, "utf8").trimEnd().split("\n")).toHaveLength(1_500);
  });
});
