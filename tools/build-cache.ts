import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The facts that a build depends on besides its inputs. */
export interface BuildFacts {
  readonly root: string;
  /** The folder of the built files and the record of their build. */
  readonly folder: string;
  /** Name of the record. @default "build" */
  readonly name?: string;
  readonly key: string;
  /** Files of the build code, relative to this folder. */
  readonly tools: readonly string[];
}

/** The SHA-256, in base64, of each built file by its path in the folder. */
export type BuiltFiles = Readonly<Record<string, string>>;

interface Build {
  readonly digest: string;
  /** Compiled files of this repository. For packages, npm's record of what is installed is compared instead. */
  readonly inputs: readonly string[];
  readonly files: BuiltFiles;
}

const installed = join("node_modules", ".package-lock.json");
const recordOf = ({ folder, name = "build" }: BuildFacts) => join(folder, `${name}.json`);

/** Returns the files of an earlier build if neither its inputs nor the built files have changed since. */
export function keptBuild(facts: BuildFacts): BuiltFiles | undefined {
  if (!existsSync(recordOf(facts))) return undefined;
  const kept = JSON.parse(readFileSync(recordOf(facts), "utf8")) as Partial<Build>;
  if (!kept.inputs || !kept.files) return undefined;
  const inputsThere = kept.inputs.every((input) => existsSync(join(facts.root, input)));
  if (!inputsThere || kept.digest !== digestOfBuild(facts, kept.inputs)) return undefined;
  const whole = Object.entries(kept.files).every(([name, digest]) => {
    const path = join(facts.folder, name);
    return existsSync(path) && sha256(path, "base64") === digest;
  });
  return whole ? kept.files : undefined;
}

/** Writes the built files and a record of their inputs, so that they are built again only when an input changes. */
export function keepBuild(
  facts: BuildFacts,
  inputs: readonly string[],
  contents: Readonly<Record<string, Uint8Array>>,
): BuiltFiles {
  const files: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(contents)) {
    write(join(facts.folder, name), bytes);
    files[name] = createHash("sha256").update(bytes).digest("base64");
  }
  const own = inputs.filter((input) => !input.includes("node_modules/")).sort();
  const build: Build = { digest: digestOfBuild(facts, own), inputs: own, files };
  write(recordOf(facts), JSON.stringify(build));
  return files;
}

/** Writes a file atomically, so that a concurrent build reads a complete file, old or new. */
function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

function digestOfBuild(facts: BuildFacts, inputs: readonly string[]): string {
  const hash = createHash("sha256").update(facts.key);
  const paths = [
    ...inputs.map((input) => join(facts.root, input)),
    join(facts.root, installed),
    ...[...facts.tools, "build-cache.ts"].map((tool) => join(import.meta.dirname, tool)),
  ];
  for (const path of paths) hash.update(`\0${existsSync(path) ? sha256(path, "hex") : "none"}`);
  return hash.update(inputs.join("\0")).digest("hex");
}

const digests = new Map<string, { readonly version: string; readonly digest: Buffer }>();

/** Returns the digest of a file. Caches it until the file is written, because builds share most of their inputs. */
function sha256(path: string, encoding: "hex" | "base64"): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true });
  const version = `${ino} ${size} ${mtimeNs}`;
  const known = digests.get(path);
  const digest = known?.version === version ? known.digest : createHash("sha256").update(readFileSync(path)).digest();
  digests.set(path, { version, digest });
  return digest.toString(encoding);
}
