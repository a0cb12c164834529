import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { portNames } from "laptop-cloud/daemon";
import { freePort } from "laptop-cloud/engines";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const startMsMax = 400_000;
const stepMsMax = 180_000;
const repository = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "watch-"));
const run = promisify(execFile);

/** Copies the working tree into a folder with its own state. It links node_modules and copies earlier builds. */
function copyRepository(): void {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  for (const path of execFileSync("git", list, { cwd: repository, encoding: "utf8" }).split("\0")) {
    if (path === "" || !existsSync(join(repository, path))) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(repository, path), join(folder, path));
  }
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  const built = join(repository, "dist");
  if (existsSync(built)) cpSync(built, join(folder, "dist"), { recursive: true });
}

const environment = { ...process.env, HOLDFAST_ENVIRONMENT: "laptop", CDKTF_OUTDIR: ".holdfast/cdktf.out" };
const node = (...args: string[]) => run(process.execPath, args, { cwd: folder, env: environment });
const cli = (...args: string[]) => node("laptop/bin/laptop-cloud.js", ...args);
const edit = (path: string, from: string, to: string) => {
  const before = readFileSync(join(folder, path), "utf8");
  if (!before.includes(from)) throw new Error(`${path} does not contain ${from}`);
  writeFileSync(join(folder, path), before.replace(from, to));
  return () => writeFileSync(join(folder, path), before);
};

let watcher: ChildProcess;
let printed = "";
let printedBefore = 0;

/** Waits until the watcher prints a match after the previous one, and returns the match. */
async function said(pattern: RegExp): Promise<string> {
  const found = await vi.waitFor(
    () => {
      const match = pattern.exec(printed.slice(printedBefore));
      if (!match) throw new Error(`not printed yet: ${pattern}; but:\n${printed.slice(printedBefore)}`);
      return match;
    },
    { timeout: stepMsMax, interval: 50 },
  );
  printedBefore += found.index + found[0].length;
  return found[0];
}

async function get(path: string, token?: string): Promise<{ status: number; body: unknown }> {
  const { api } = JSON.parse(readFileSync(join(folder, ".holdfast", "endpoints.json"), "utf8"));
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${api}${path}`, { headers });
  return { status: response.status, body: await response.json() };
}

async function putItem(token: string): Promise<number> {
  const { api } = JSON.parse(readFileSync(join(folder, ".holdfast", "endpoints.json"), "utf8"));
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ name: "kept" });
  return (await fetch(`${api}/items/KEPT`, { method: "PUT", headers, body })).status;
}

beforeAll(async () => {
  copyRepository();
  mkdirSync(join(folder, ".holdfast"));
  const ports = await Promise.all(portNames.map(async (name) => [name, await freePort()] as const));
  writeFileSync(join(folder, ".holdfast", "ports.json"), JSON.stringify(Object.fromEntries(ports)));
  await node("tools/synth.mjs");
  await cli("up", "--output", ".holdfast/cdktf.out", "--audience", "holdfast", "--memory");
  watcher = spawn(process.execPath, ["tools/watch.ts"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [watcher.stdout, watcher.stderr]) {
    stream?.on("data", (chunk) => {
      printed += String(chunk);
    });
  }
  await said(/^watching .*$/m);
}, startMsMax);

afterAll(async () => {
  watcher?.kill("SIGKILL");
  await cli("down").catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
}, startMsMax);

describe("make up WATCH=1", () => {
  it(
    "runs a saved function, keeps it running when the next save is broken, and runs the save after that",
    async () => {
      const restore = edit("handlers/catalogue/routes.ts", 'status: "ok"', 'status: "mended"');
      console.log(await said(/^✓ +[\d.]+ s {2}.*catalogue is live$/m));
      expect(await get("/health")).toEqual({ status: 200, body: { status: "mended" } });
      edit("handlers/catalogue/routes.ts", 'status: "mended"', "status: ");
      console.log(await said(/^✗ +[\d.]+ s {2}handlers\/catalogue\/routes\.ts:\d+:\d+: .*$/m));
      expect(await get("/health")).toEqual({ status: 200, body: { status: "mended" } });
      restore();
      console.log(await said(/^✓ +[\d.]+ s {2}.*catalogue is live$/m));
      expect(await get("/health")).toEqual({ status: 200, body: { status: "ok" } });
    },
    stepMsMax * 3,
  );

  it(
    "applies a saved setting, keeps stored data, and prints where a synthesis failed",
    async () => {
      const token = (await cli("token", "--scopes", "admin", "--audience", "holdfast")).stdout.trim();
      expect(await putItem(token)).toBe(201);
      // The edge may answer other reads without a token from its cache for 30 s.
      const current = "/items/KEPT?consistency=strong";
      expect((await get(current)).status).toBe(200);
      const restore = edit("config/laptop.ts", 'catalogueAccess: "public"', 'catalogueAccess: "private"');
      console.log(await said(/^✓ +[\d.]+ s {2}.*live.*$/m));
      expect((await get(current)).status).toBe(401);
      expect(await get(current, token)).toMatchObject({ status: 200, body: { name: "kept" } });
      edit("config/laptop.ts", "export const laptop", 'throw new Error("not like this");\nexport const laptop');
      expect(await said(/^✗ .*$/m)).toMatch(/config\/laptop\.ts:\d+:\d+: not like this/);
      restore();
      await said(/^✓ .*live.*$/m);
      expect((await get(current)).status).toBe(200);
    },
    stepMsMax * 3,
  );

  it("ends with Ctrl-C, and the system continues to run", async () => {
    const ended = new Promise((resolve) => watcher.once("exit", resolve));
    watcher.kill("SIGINT");
    await said(/the system still runs \(make down stops it\)/);
    expect(await ended).toBe(0);
    expect((await get("/health")).status).toBe(200);
  });
});
