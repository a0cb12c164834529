// Writes JavaScript and declarations for each entry of package.json to dist/: tools/node/node clients/sdk/build.ts
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";

const folder = import.meta.dirname;
const root = join(folder, "..", "..");

export const bundleOptions = {
  absWorkingDir: folder,
  entryPoints: ["src/index.ts", "src/react/index.ts", "src/react-native/index.ts"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  external: ["react"],
  logLevel: "warning",
} as const satisfies BuildOptions;

export async function buildPackage(): Promise<void> {
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  await build(bundleOptions);
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", join(folder, "tsconfig.build.json")], {
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("the declarations could not be written: see tsc's messages above");
}

if (process.argv[1] === import.meta.filename) await buildPackage();
