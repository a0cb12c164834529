import { existsSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import type { Bundle } from "../modules/compute/bundle.ts";
import type { BundlesOf, FunctionEntry } from "../modules/platform/functions.ts";
import { type BuildFacts, type BuiltFiles, keepBuild, keptBuild } from "./build-cache.ts";
import { digestOf, filesOf, type ZipFiles, zip } from "./bundle-zip.ts";

type Folders = Readonly<Record<string, ZipFiles>>;

const repository = resolve(import.meta.dirname, "..");
const output = join("dist", "functions");
/** The entry file of a function, relative to the root of the repository. */
const entryOf = (name: string) => `handlers/${name}/lambda.ts`;
/** Defines `require`, which CommonJS packages inside an ESM bundle call. */
const requireBanner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/**
 * Builds every function to `dist/functions/<name>.zip`. Equal sources give equal zips. A function is rebuilt only when
 * one of its inputs has changed.
 * @throws when entries are missing; the message names all of them
 */
export async function bundleFunctions<Entries extends Readonly<Record<string, FunctionEntry>>>(
  functions: Entries,
  root: string = repository,
): Promise<BundlesOf<Entries>> {
  const missing = Object.keys(functions).filter((name) => !existsSync(join(root, entryOf(name))));
  if (missing.length > 0) {
    const list = missing.map((name) => `${name} (${entryOf(name)})`).join(", ");
    throw new Error(
      `Functions without an entry: ${list}. Write the file, or remove the function from modules/platform/functions.ts.`,
    );
  }
  const folder = join(root, output);
  const wanted = Object.entries(functions).map(([name, entry]): Wanted => {
    const folders = foldersOf(entry, root);
    const folderSha256 = Object.fromEntries(Object.entries(folders).map(([at, files]) => [at, digestOf(files)]));
    const key = JSON.stringify([entryOf(name), entry.folders, folderSha256]);
    return { name, folders, folderSha256, facts: { root, folder, name, tools: ["bundle.ts", "bundle-zip.ts"], key } };
  });
  const kept = new Map(wanted.map(({ name, facts }) => [name, keptBuild(facts)]));
  const stale = wanted.filter(({ name }) => kept.get(name) === undefined);
  const built = new Map(await buildAll(stale, root));
  const bundles = wanted.map(({ name, folderSha256 }): [string, Bundle] => {
    const codeSha256 = (built.get(name) ?? kept.get(name))?.[`${name}.zip`] ?? "";
    return [name, { name, path: join(folder, `${name}.zip`), codeSha256, folderSha256 }];
  });
  // The type of each bundle depends on its name. `Object.fromEntries` loses that relation, so a cast restores it.
  return Object.fromEntries(bundles) as unknown as BundlesOf<Entries>;
}

interface Wanted {
  readonly name: string;
  readonly folders: Folders;
  readonly folderSha256: Readonly<Record<string, string>>;
  readonly facts: BuildFacts;
}

/** Compiles and zips the given functions. */
async function buildAll(wanted: readonly Wanted[], root: string): Promise<readonly (readonly [string, BuiltFiles])[]> {
  if (wanted.length === 0) return [];
  const compiled = await compile(
    wanted.map(({ name }) => name),
    root,
  );
  return wanted.map(({ name, folders, facts }) => {
    const { code = new Uint8Array(), inputs = [] } = compiled[name] ?? {};
    const bytes = zip(Object.assign({ "index.mjs": code }, ...Object.values(folders)));
    return [name, keepBuild(facts, inputs, { [`${name}.zip`]: bytes })] as const;
  });
}

/** Bundles only zod's English messages. Its index imports all languages, 250 kB in each function. */
const englishOnly: Plugin = {
  name: "english-only",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

/** Compiles the functions. Returns the code of each and its input files. */
async function compile(
  names: readonly string[],
  root: string,
): Promise<Readonly<Record<string, { readonly code: Uint8Array; readonly inputs: readonly string[] }>>> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => ({ in: entryOf(name), out: name })),
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
    // Logs and Powertools distinguish error classes by name.
    keepNames: true,
    legalComments: "none",
    banner: { js: requireBanner },
    external: ["pg-native"],
    plugins: [englishOnly],
    logLevel: "silent",
  });
  const { outputs } = result.metafile;
  return Object.fromEntries(
    result.outputFiles.map(({ path, contents }) => {
      const inputs = Object.keys(outputs[relative(root, path)]?.inputs ?? {});
      return [basename(path, ".mjs"), { code: contents, inputs }];
    }),
  );
}

function foldersOf({ folders }: FunctionEntry, root: string): Folders {
  const entries = Object.entries(folders);
  return Object.fromEntries(entries.map(([folder, path]) => [folder, filesOf(join(root, path), folder)]));
}
