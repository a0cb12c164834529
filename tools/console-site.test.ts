import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { buildConsole } from "./console-site.ts";

const files = {
  "clients/console/index.html": '<!doctype html><script type="module" src="/src/main.ts"></script>',
  "clients/console/src/main.ts": 'import { shown } from "./shown.ts"; document.title = shown;',
  "clients/console/src/shown.ts": 'export const shown: string = process.env.NODE_ENV ?? "nothing";',
  "clients/console/public/icon.svg": "<svg/>",
  "clients/console/vite.config.ts": 'export default { root: import.meta.dirname, base: "./" };',
  "clients/console/tsconfig.json": "{}",
  "clients/sdk/package.json": "{}",
};

/** Makes a repository with a console so small that it builds fast. */
function repository(changed: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "console-site-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries({ ...files, ...changed })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const textOf = (site: Awaited<ReturnType<typeof buildConsole>>, ending: string) =>
  readFileSync(site.find(({ name }) => name.endsWith(ending))?.path ?? "", "utf8");

describe("buildConsole", () => {
  it("returns each file with its type, and marks content-hashed names as immutable", async () => {
    const site = await buildConsole(repository());
    expect(site).toMatchObject([
      {
        name: expect.stringMatching(/^assets\/index-.*\.js$/),
        contentType: "text/javascript; charset=utf-8",
        immutable: true,
      },
      { name: "icon.svg", contentType: "image/svg+xml", immutable: false },
      { name: "index.html", contentType: "text/html; charset=utf-8", immutable: false },
    ]);
    expect(textOf(site, "index.html")).toContain(site[0]?.name);
  });

  it("builds for production in any environment", async () => {
    expect(textOf(await buildConsole(repository()), ".js")).toContain("production");
  });

  it("builds equal files from equal sources (another folder)", async () => {
    const digests = async () => (await buildConsole(repository())).map(({ name, sha256 }) => [name, sha256]);
    expect(await digests()).toEqual(await digests());
  });

  it("builds only after a change", async () => {
    const root = repository();
    const before = await buildConsole(root);
    const builtAt = (path = "") => statSync(path).mtimeMs;
    const at = builtAt(before[0]?.path);
    expect(builtAt((await buildConsole(root))[0]?.path)).toBe(at);
    writeFileSync(join(root, "clients/console/src/shown.ts"), 'export const shown = "other";');
    expect(textOf(await buildConsole(root), ".js")).toContain("other");
    writeFileSync(join(root, "clients/console/public/icon.svg"), "<svg></svg>");
    expect(textOf(await buildConsole(root), ".svg")).toBe("<svg></svg>");
  });

  it("refuses a file whose type it does not know", async () => {
    const root = repository({ "clients/console/public/notes.odt": "" });
    await expect(buildConsole(root)).rejects.toThrow("notes.odt has no known content type");
  });
});
