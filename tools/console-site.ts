import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, resolve } from "node:path";
import type { Plugin } from "vite";
import type { SiteFile } from "../modules/edge/site.ts";
import { type BuildFacts, type BuiltFiles, keepBuild, keptBuild } from "./build-cache.ts";

const repository = resolve(import.meta.dirname, "..");
const source = "clients/console";
const output = join("dist", "console");
/** Files that affect the build besides its modules. */
const settings = [`${source}/vite.config.ts`, `${source}/tsconfig.json`, "clients/sdk/package.json"];

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/**
 * Builds the console to `dist/console` if one of its inputs has changed.
 * @throws when a file's content type is not known
 */
export async function buildConsole(root: string = repository): Promise<readonly SiteFile[]> {
  const folder = join(root, output);
  const facts = { root, folder, tools: ["console-site.ts"], key: JSON.stringify(publicFiles(root)) };
  const built = keptBuild(facts) ?? (await build(facts));
  return Object.entries(built)
    .map(([name, sha256]) => siteFile(folder, name, sha256))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

async function build(facts: BuildFacts): Promise<BuiltFiles> {
  const modules = new Set<string>();
  const contents: Record<string, Uint8Array> = {};
  for (const name of publicFiles(facts.root)) {
    contents[name] = readFileSync(join(facts.root, source, "public", name));
  }
  const encoder = new TextEncoder();
  for (const part of await bundle(join(facts.root, source, "vite.config.ts"), modules)) {
    const content = part.type === "chunk" ? part.code : part.source;
    contents[part.fileName] = typeof content === "string" ? encoder.encode(content) : content;
  }
  const inputs = [...modules].map((id) => relative(facts.root, id)).filter((path) => !path.startsWith(".."));
  const shown = publicFiles(facts.root).map((name) => `${source}/public/${name}`);
  return keepBuild(facts, [...inputs, ...shown, ...settings], contents);
}

/** Returns the output of Vite without writing it. Adds the files that Vite read to `modules`. */
async function bundle(configFile: string, modules: Set<string>) {
  // Vite is loaded only here, because most runs need no build and loading takes longer than the rest of them.
  const { build } = await import("vite");
  // Vite keeps an existing value. The value of a test runner would select another build of React.
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = "production";
  try {
    const plugins = [noteModules(modules)];
    const result = await build({ configFile, logLevel: "error", build: { write: false }, plugins });
    if (Array.isArray(result) || !result || !("output" in result))
      throw new Error("Vite built several consoles or none");
    return result.output;
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
}

/** Collects the files of the console. Virtual modules of Vite have no file. */
const noteModules = (modules: Set<string>): Plugin => ({
  name: "note-modules",
  buildEnd() {
    for (const id of this.getModuleIds()) {
      const path = id.split("?")[0] ?? id;
      if (existsSync(path)) modules.add(path);
    }
  },
});

const publicFiles = (root: string): string[] => readdirSync(join(root, source, "public")).sort();

function siteFile(folder: string, name: string, digest: string): SiteFile {
  const contentType = contentTypes[extname(name)];
  if (contentType === undefined) {
    throw new Error(
      `The console's file ${name} has no known content type: add ${extname(name)} to tools/console-site.ts.`,
    );
  }
  const sha256 = Buffer.from(digest, "base64").toString("hex");
  // Vite puts a hash of the content into each name below assets/.
  return { name, path: join(folder, name), contentType, sha256, immutable: name.startsWith("assets/") };
}
