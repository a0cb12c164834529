import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { watchFiles } from "./watched-files.ts";

function repository() {
  const root = mkdtempSync(join(tmpdir(), "watched-"));
  const save = (path: string, text = "") => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const path of ["handlers/stock/lambda.ts", "config/laptop.ts", "docs/api.md", "main.ts"]) save(path);
  const saves = watchFiles(root);
  onTestFinished(() => {
    saves.stop();
    rmSync(root, { recursive: true, force: true });
  });
  return { root, save, saves };
}

/** Waits until all of these paths were reported, in one call or several. */
async function reported(saves: ReturnType<typeof watchFiles>, ...wanted: string[]): Promise<void> {
  const missing = new Set(wanted);
  while (missing.size > 0) for (const path of (await saves.next()).paths) missing.delete(path);
}

describe("watchFiles", () => {
  it("reports written, new and replaced files, repeatedly", async () => {
    const { root, save, saves } = repository();
    save("handlers/stock/lambda.ts", "1");
    save("main.ts", "1");
    await reported(saves, "handlers/stock/lambda.ts", "main.ts");
    for (const version of ["2", "3"]) {
      save("config/other", version);
      renameSync(join(root, "config/other"), join(root, "config/laptop.ts"));
      await reported(saves, "config/laptop.ts");
      save("config/laptop.ts", `${version} again`);
      await reported(saves, "config/laptop.ts");
    }
  });

  it("watches folders that are created later", async () => {
    const { save, saves } = repository();
    save("handlers/live/tickets/first.ts");
    await reported(saves, "handlers/live");
    save("handlers/live/tickets/lambda.ts");
    await reported(saves, "handlers/live/tickets/lambda.ts");
  });

  it("ignores tests, documents and build output", async () => {
    const { save, saves } = repository();
    save("handlers/stock/stock.test.ts");
    save("handlers/README.md");
    save("handlers/.stock.ts.swp");
    save("docs/api.md");
    save("dist/functions/stock.zip");
    save("handlers/stock/last.ts");
    expect([...(await saves.next()).paths]).toEqual(["handlers/stock/last.ts"]);
  });
});
