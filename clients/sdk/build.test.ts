import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { buildPackage, bundleOptions } from "./build.ts";

const coreGzipBytesMax = 6_000;
const folder = import.meta.dirname;

interface Manifest {
  readonly dependencies?: object;
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
}
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

describe("@holdfast/sdk", () => {
  beforeAll(buildPackage);

  it("has a core of less than 6 kB (gzip), without code of other packages", async () => {
    const { outputFiles, metafile } = await build({
      ...bundleOptions,
      entryPoints: ["src/index.ts"],
      minify: true,
      write: false,
      metafile: true,
    });
    const bytes = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
    expect(bytes).toBeLessThan(coreGzipBytesMax);
    expect(Object.keys(metafile.inputs).filter((file) => !file.startsWith("src/"))).toEqual([]);
    expect(manifest.dependencies).toBeUndefined();
  });

  it("ships JavaScript and declarations for each entry, and the declarations import no other package", async () => {
    for (const entry of Object.values(manifest.exports)) {
      expect(existsSync(join(folder, entry.default)), entry.default).toBe(true);
      const declarations = readFileSync(join(folder, entry.types), "utf8");
      expect(declarations).not.toMatch(/from "(zod|.*contract)/);
    }
    const built = (await import(join(folder, "dist", "index.js"))) as Record<string, unknown>;
    expect(Object.keys(built).toSorted()).toEqual([
      "HoldfastError",
      "createHoldfast",
      "isHoldfastError",
      "movementCommands",
      "movementKinds",
      "quantities",
    ]);
  });
});
