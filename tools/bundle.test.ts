import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { strFromU8, unzipSync } from "fflate";
import { describe, expect, it, onTestFinished } from "vitest";
import { bundleFunctions } from "./bundle.ts";

/** Two functions of a small test repository. */
const functions = {
  stock: { folders: {} },
  migrator: { folders: { migrations: "sql/migrations" } },
};
const files = {
  "handlers/stock/lambda.ts": 'import { level } from "./level.ts"; export const handler = async () => level;',
  "handlers/stock/level.ts": "class LevelError extends Error {} export const level: string = LevelError.name;",
  "handlers/migrator/lambda.ts": 'const os = require("node:os"); export const handler = async () => typeof os.tmpdir;',
  "sql/migrations/0001_create_level.sql": "CREATE TABLE level ();",
};

function repository(changed: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "bundle-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries({ ...files, ...changed })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const contents = (path: string) => unzipSync(readFileSync(path));

async function handlerOf(path: string, root: string): Promise<() => Promise<unknown>> {
  const module = join(root, "index.mjs");
  writeFileSync(module, contents(path)["index.mjs"] ?? "");
  return (await import(pathToFileURL(module).href)).handler;
}

describe("bundleFunctions", () => {
  it("builds a zip that runs, and keeps the names of classes", async () => {
    const root = repository();
    const { stock } = await bundleFunctions(functions, root);
    expect(Object.keys(contents(stock.path))).toEqual(["index.mjs"]);
    expect(await (await handlerOf(stock.path, root))()).toBe("LevelError");
  });

  it("lets CommonJS code inside a bundle require Node's modules", async () => {
    const root = repository();
    const { migrator } = await bundleFunctions(functions, root);
    expect(await (await handlerOf(migrator.path, root))()).toBe("function");
  });

  it("adds a function's folders to its zip and digests them", async () => {
    const { migrator } = await bundleFunctions(functions, repository());
    const found = contents(migrator.path);
    expect(Object.keys(found)).toEqual(["index.mjs", "migrations/0001_create_level.sql"]);
    expect(strFromU8(found["migrations/0001_create_level.sql"] ?? new Uint8Array())).toBe("CREATE TABLE level ();");
    const changed = await bundleFunctions(functions, repository({ "sql/migrations/0002_drop_level.sql": "" }));
    expect(changed.migrator.folderSha256).not.toEqual(migrator.folderSha256);
  });

  it("makes equal bytes from equal sources (another folder, another time)", async () => {
    const [one, other] = [repository(), repository()];
    utimesSync(join(other, "handlers/stock/lambda.ts"), 1, 1);
    const [first, second] = [await bundleFunctions(functions, one), await bundleFunctions(functions, other)];
    for (const name of ["stock", "migrator"] as const) {
      expect(readFileSync(first[name].path).equals(readFileSync(second[name].path))).toBe(true);
      expect(first[name].codeSha256).toBe(createHash("sha256").update(readFileSync(first[name].path)).digest("base64"));
    }
  });

  it("dates every file 1980-01-01, at any build time", async () => {
    const { stock } = await bundleFunctions(functions, repository());
    const header = readFileSync(stock.path);
    expect([header.readUInt16LE(10), header.readUInt16LE(12)]).toEqual([0, (1 << 5) | 1]);
  });

  it("rebuilds only what changed", async () => {
    const root = repository();
    const before = await bundleFunctions(functions, root);
    const migratorInode = statSync(before.migrator.path).ino;
    writeFileSync(join(root, "handlers/stock/lambda.ts"), "export const handler = async () => 2;");
    const after = await bundleFunctions(functions, root);
    expect(after.stock.codeSha256).not.toBe(before.stock.codeSha256);
    expect(after.migrator.codeSha256).toBe(before.migrator.codeSha256);
    expect(statSync(after.migrator.path).ino).toBe(migratorInode);
    expect(await (await handlerOf(after.stock.path, root))()).toBe(2);
  });

  it("names every missing entry", async () => {
    const root = repository();
    rmSync(join(root, "handlers"), { recursive: true });
    await expect(bundleFunctions(functions, root)).rejects.toThrow(
      "Functions without an entry: stock (handlers/stock/lambda.ts), migrator (handlers/migrator/lambda.ts)",
    );
  });
});
