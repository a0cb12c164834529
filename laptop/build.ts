// Writes dist/, the package that other projects install: npm run build -w laptop
import { spawnSync } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const Manifest = z.looseObject({ exports: z.record(z.string(), z.string()) });
const folder = import.meta.dirname;

/** Builds the package. It contains JavaScript and declarations, because Node runs no TypeScript in node_modules. */
export function buildPackage(output = join(folder, "dist")): void {
  rmSync(output, { recursive: true, force: true });
  compile(output);
  copy("bin/laptop-cloud.js", output);
  for (const file of globSync("**/*.{js,d.ts}", { cwd: output })) nameJavaScript(join(output, file));
  for (const file of ["README.md", "RESOURCES.md"]) copy(file, output);
  copyFileSync(join(folder, "..", "LICENSE"), join(output, "LICENSE"));
  writeFileSync(join(output, "package.json"), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
}

function compile(output: string): void {
  const tsc = join(dirname(fileURLToPath(import.meta.resolve("typescript/package.json"))), "bin", "tsc");
  const project = join(folder, "tsconfig.build.json");
  const { status } = spawnSync(process.execPath, [tsc, "-p", project, "--outDir", output], { stdio: "inherit" });
  if (status !== 0) throw new Error("the package could not be compiled: see tsc's messages above");
}

/** Renames `.ts` to `.js` where tsc does not: in declarations, in bin, and in URLs of processes and threads. */
function nameJavaScript(file: string): void {
  const text = readFileSync(file, "utf8");
  const named = text.replaceAll(/(new URL\(|import\(|from )("[^"]+)\.ts"/g, '$1$2.js"');
  if (named !== text) writeFileSync(file, named);
}

function copy(file: string, output: string): void {
  mkdirSync(dirname(join(output, file)), { recursive: true });
  copyFileSync(join(folder, file), join(output, file));
}

function publishedManifest(): object {
  const read = Manifest.parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
  const { scripts: _, devDependencies: __, ...manifest } = read;
  const exports = Object.entries(manifest.exports).map(([name, file]) => [name, published(file)]);
  return { ...manifest, exports: Object.fromEntries(exports) };
}

function published(file: string): string | { readonly types: string; readonly default: string } {
  if (!file.endsWith(".ts")) return file;
  const stem = file.slice(0, -".ts".length);
  return { types: `${stem}.d.ts`, default: `${stem}.js` };
}

if (process.argv[1] === import.meta.filename) buildPackage();
