import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const commands = ["up", "apply", "down", "reset", "status", "logs", "token"];

describe("cli", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "cli-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ["no command", [], "a command is missing"],
    ["an unknown command", ["start"], '"start" is no command'],
    ["a name that every object has", ["constructor"], '"constructor" is no command'],
    ["an unknown option", ["up", "--nope"], "--nope"],
    ["too many arguments", ["down", "now"], "now"],
    ["a variable without a value", ["up", "--variable", "name"], 'it was given "name"'],
    ["no scope", ["token", "--scopes", " "], "--scopes is empty"],
    ["lines that are not a number", ["logs", "--lines", "all"], 'it was given "all"'],
  ])("exits with 2, says what is wrong and shows the usage (%s)", async (_case, args, message) => {
    const { code, stdout, stderr } = await cli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/usage: |laptop-cloud /);
  });

  it.each(commands)("explains %s", async (command) => {
    expect(await cli([command, "--help"])).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(new RegExp(`^laptop-cloud ${command}: .+\n`)),
    });
  });

  it("lists every command", async () => {
    const { code, stdout } = await cli(["--help"]);
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toContain(`  ${command} `);
  });

  it.each([
    ["token", "it is made by the first up"],
    ["apply", "up starts it"],
    ["logs", "there are no logs"],
    ["status", ""],
  ])("exits with 1 (%s before the first up)", async (command, message) => {
    const { code, stderr } = await cli([command]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it("refuses to remove a folder without the state of a laptop cloud (reset --folder)", async () => {
    expect(await cli(["reset", "--folder", folder])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("nothing was removed"),
    });
  });

  function cli(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const file = fileURLToPath(new URL("../bin/laptop-cloud.js", import.meta.url));
    return new Promise((resolve) => {
      execFile(process.execPath, [file, ...args], { cwd: folder }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
      );
    });
  }
});
