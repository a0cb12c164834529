import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-demo-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const demo = (...parameters: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "cli.ts"), ...parameters], { cwd: folder, encoding: "utf8" });

describe("clients/demo/cli.ts", () => {
  it("shows its options", () => {
    const { status, stdout } = demo("--help");
    expect(status).toBe(0);
    expect(stdout).toContain("--csv FILE");
  });

  it("exits with 2 and prints one line (bad usage, no such file, not a CSV)", () => {
    writeFileSync(join(folder, "notes.txt"), "not a table\n");
    for (const parameters of [["--speed"], ["--csv", "nowhere.csv"], ["--csv", "notes.txt"]]) {
      const { status, stderr, stdout } = demo(...parameters);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^demo: [^\n]+\n$/);
    }
  });

  it("exits with 1 and says what to do when the system does not run", () => {
    const { status, stderr } = demo();
    expect(status).toBe(1);
    expect(stderr).toMatch(/^demo: .*endpoints\.json is missing: the system does not run; start it with `make up`\n$/);
  });
});
