import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import type { Bundle } from "../modules/compute/bundle.ts";
import type { Bundles, FunctionName, FunctionSource } from "../modules/platform/functions.ts";
import { digestOf, filesOf, type ZipFiles, zip } from "./bundle-zip.ts";

export type FunctionSources = Readonly<Record<FunctionName, FunctionSource>>;

const repository = resolve(import.meta.dirname, "..");
const output = join("dist", "functions");
/** What CommonJS packages inside an ESM bundle call. */
const requireBanner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/**
 * Builds every function to `dist/functions/<name>.zip`. Equal sources give equal zips, and a zip that is right already
 * is left alone.
 * @throws when an entry is missing, naming all that are
 */
export async function bundleFunctions(sources: FunctionSources, root: string = repository): Promise<Bundles> {
  const names = Object.keys(sources) as FunctionName[];
  const missing = names.filter((name) => !existsSync(join(root, sources[name].entry)));
  if (missing.length > 0) {
    const list = missing.map((name) => `${name} (${sources[name].entry})`).join(", ");
    throw new Error(
      `Functions without an entry: ${list}. Write the file, or take the function off modules/platform/functions.ts.`,
    );
  }
  const code = await compile(sources, names, root);
  mkdirSync(join(root, output), { recursive: true });
  const bundles = names.map((name) => [name, pack(name, code[name], sources[name], root)] as const);
  // Each bundle carries the environment's type of its own name; a record made of entries cannot show that.
  return Object.fromEntries(bundles) as unknown as Bundles;
}

async function compile(
  sources: FunctionSources,
  names: readonly FunctionName[],
  root: string,
): Promise<Record<string, Uint8Array>> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => ({ in: sources[name].entry, out: name })),
    outdir: output,
    write: false,
    bundle: true,
    format: "esm",
    outExtension: { ".js": ".mjs" },
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    minify: true,
    // Error classes are told apart by name, in logs and by Powertools.
    keepNames: true,
    legalComments: "none",
    banner: { js: requireBanner },
    external: ["pg-native"],
    logLevel: "silent",
  });
  const folder = join(root, output);
  return Object.fromEntries(
    result.outputFiles.map((file) => [file.path.slice(folder.length + 1, -".mjs".length), file.contents]),
  );
}

function pack(name: FunctionName, code: Uint8Array | undefined, source: FunctionSource, root: string): Bundle {
  if (!code) throw new Error(`esbuild made nothing of ${source.entry}; it must export \`handler\`.`);
  const folders = Object.entries(source.folders ?? {}).map(
    ([folder, path]) => [folder, filesOf(join(root, path), folder)] as const,
  );
  const files: ZipFiles = Object.assign({ "index.mjs": code }, ...folders.map(([, found]) => found));
  const path = join(root, output, `${name}.zip`);
  const bytes = zipOnce(path, files);
  return {
    name,
    path,
    codeSha256: createHash("sha256").update(bytes).digest("base64"),
    folderSha256: Object.fromEntries(folders.map(([folder, found]) => [folder, digestOf(found)])),
  };
}

/** Compressing is the slow part: a zip is kept with the digest of what went into it. */
function zipOnce(path: string, files: ZipFiles): Uint8Array {
  const digest = digestOf(files);
  const note = `${path}.sha256`;
  if (existsSync(path) && existsSync(note) && readFileSync(note, "utf8") === digest) return readFileSync(path);
  const bytes = zip(files);
  writeFileSync(path, bytes);
  writeFileSync(note, digest);
  return bytes;
}
