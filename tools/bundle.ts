import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import type { Bundle } from "../modules/compute/bundle.ts";
import type { Bundles, FunctionName, FunctionSource } from "../modules/platform/functions.ts";
import { type BuildFacts, type BuiltFiles, keepBuild, keptBuild } from "./build-cache.ts";
import { digestOf, filesOf, type ZipFiles, zip } from "./bundle-zip.ts";

export type FunctionSources = Readonly<Record<FunctionName, FunctionSource>>;
type Folders = Readonly<Record<string, ZipFiles>>;

const repository = resolve(import.meta.dirname, "..");
const output = join("dist", "functions");
/** What CommonJS packages inside an ESM bundle call. */
const requireBanner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/**
 * Builds every function to `dist/functions/<name>.zip`. Equal sources give equal zips; nothing is built while nothing
 * that went into them has changed.
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
  const folder = join(root, output);
  const folders = Object.fromEntries(names.map((name) => [name, foldersOf(sources[name], root)]));
  const facts = {
    ...{ root, folder, tools: ["bundle.ts", "bundle-zip.ts"] },
    key: JSON.stringify([sources, digests(folders)]),
  };
  const built = keptBuild(facts) ?? (await buildAll(sources, folders, facts));
  const bundles = names.map((name): [FunctionName, Bundle] => [
    name,
    {
      name,
      path: join(folder, `${name}.zip`),
      codeSha256: built[`${name}.zip`] ?? "",
      folderSha256: digests(folders)[name] ?? {},
    },
  ]);
  // Each bundle carries the environment's type of its own name; a record made of entries cannot show that.
  return Object.fromEntries(bundles) as unknown as Bundles;
}

/** Compiles and zips every function. */
async function buildAll(
  sources: FunctionSources,
  folders: Readonly<Record<string, Folders>>,
  facts: BuildFacts,
): Promise<BuiltFiles> {
  const { code, inputs } = await compile(sources, facts.root);
  const zips = Object.keys(sources).map((name) => {
    const files = Object.assign({ "index.mjs": code[name] }, ...Object.values(folders[name] ?? {}));
    return [`${name}.zip`, zip(files)] as const;
  });
  return keepBuild(facts, inputs, Object.fromEntries(zips));
}

/** zod's index takes all its languages along, a quarter of a megabyte in each function. */
const englishOnly: Plugin = {
  name: "english-only",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

async function compile(sources: FunctionSources, root: string) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: Object.entries(sources).map(([name, { entry }]) => ({ in: entry, out: name })),
    outdir: output,
    write: false,
    metafile: true,
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
    plugins: [englishOnly],
    logLevel: "silent",
  });
  const folder = join(root, output);
  const named = (path: string) => path.slice(folder.length + 1, -".mjs".length);
  return {
    code: Object.fromEntries(result.outputFiles.map(({ path, contents }) => [named(path), contents])),
    inputs: Object.keys(result.metafile.inputs),
  };
}

function foldersOf(source: FunctionSource, root: string): Folders {
  const entries = Object.entries(source.folders ?? {});
  return Object.fromEntries(entries.map(([folder, path]) => [folder, filesOf(join(root, path), folder)]));
}

/** SHA-256 of each function's folders, by function and folder. */
function digests(folders: Readonly<Record<string, Folders>>): Record<string, Record<string, string>> {
  const ofFunction = (of: Folders) =>
    Object.fromEntries(Object.entries(of).map(([name, files]) => [name, digestOf(files)]));
  return Object.fromEntries(Object.entries(folders).map(([name, of]) => [name, ofFunction(of)]));
}
