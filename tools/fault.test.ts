import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it, onTestFinished } from "vitest";
import { describeFault } from "./fault.ts";

function folderWith(text: string): string {
  const root = mkdtempSync(join(tmpdir(), "fault-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  writeFileSync(join(root, "code.mjs"), text);
  return root;
}

describe("describeFault", () => {
  it("gives file, line and column of each compiler error", async () => {
    const root = folderWith("const one = 1;\nconst two = ;");
    const failed = await build({
      absWorkingDir: root,
      entryPoints: ["code.mjs"],
      write: false,
      logLevel: "silent",
    }).catch((error: unknown) => error);
    expect(describeFault(failed, root)).toBe('code.mjs:2:13: Unexpected ";"');
  });

  it("gives the place in the repository's own code that threw", () => {
    const root = "/somewhere/app";
    const error = new Error("no such table");
    const at = (path: string) => `    at run (file://${root}/${path})`;
    // The synthesis adds a query to load main.ts again.
    error.stack = ["Error: no such table", at("node_modules/cdktf/app.js:9:9"), at("main.ts?synthesis=2:11:7")].join(
      "\n",
    );
    expect(describeFault(error, root)).toBe("main.ts:11:7: no such table");
    error.stack = `file://${root}/config/laptop.ts:30\nSyntaxError: no such table`;
    expect(describeFault(error, root)).toBe("config/laptop.ts:30: no such table");
  });

  it("gives only the message when no place is known", () => {
    expect(describeFault(new Error("nothing runs"), "/nowhere")).toBe("nothing runs");
    expect(describeFault("text", "/nowhere")).toBe("text");
  });
});
