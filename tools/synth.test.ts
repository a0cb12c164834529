import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

const repository = resolve(import.meta.dirname, "..");

/** Runs a script that synthesizes, and returns the files that it wrote, by path. */
function synthesized(script: string, environment: Record<string, string> = {}): Record<string, Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "synth-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { status, stderr } = spawnSync(process.execPath, ["--no-deprecation", script], {
    cwd: repository,
    env: { ...process.env, CDKTF_OUTDIR: folder, ...environment },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path));
  return Object.fromEntries(
    files.filter((path) => statSync(path).isFile()).map((path) => [relative(folder, path), readFileSync(path)]),
  );
}

describe("synth", () => {
  it("writes the same bytes with main.ts and the command of cdktf.json, without paths of the machine", () => {
    const [first, second] = [synthesized("main.ts"), synthesized("tools/synth.mjs")];
    expect(Object.keys(second)).toEqual(Object.keys(first));
    const different = Object.entries(first).filter(([path, bytes]) => !second[path]?.equals(bytes));
    expect(different.map(([path]) => path)).toEqual([]);
    const text = Object.entries(first).filter(([path]) => path.endsWith(".json"));
    for (const [path, bytes] of text) {
      for (const place of [repository, tmpdir(), "/home/", "/Users/"]) expect(bytes.includes(place), path).toBe(false);
    }
  });

  it("synthesizes only the chosen environment", () => {
    const { "manifest.json": manifest } = synthesized("main.ts", { HOLDFAST_ENVIRONMENT: "dev" });
    expect(Object.keys(JSON.parse(String(manifest)).stacks)).toEqual(["dev-foundation", "dev-service"]);
  });
});
