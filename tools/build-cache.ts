import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a build depends on besides its inputs. */
export interface BuildFacts {
  readonly root: string;
  /** Where what was built is, with the record of its build. */
  readonly folder: string;
  /** Name of the record. @default "build" */
  readonly name?: string;
  readonly key: string;
  /** Files of the code that builds, from here. */
  readonly tools: readonly string[];
}

/** SHA-256 in base64 of each file that was built, by its path in the folder. */
export type BuiltFiles = Readonly<Record<string, string>>;

interface Build {
  readonly digest: string;
  /** Files of this repository that were compiled; packages are told by npm's record of what is installed. */
  readonly inputs: readonly string[];
  readonly files: BuiltFiles;
}

const installed = join("node_modules", ".package-lock.json");
const recordOf = ({ folder, name = "build" }: BuildFacts) => join(folder, `${name}.json`);

/** What was built before, if nothing that it came from has changed and it is still what was built. */
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

/** Writes what was built, and what it came from, so that it is built again only when that changes. */
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

/** Another build at the same time finds a whole file: the old one or the new one. */
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

/** Remembered for as long as the file is not written: builds share most of what they come from. */
function sha256(path: string, encoding: "hex" | "base64"): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true });
  const version = `${ino} ${size} ${mtimeNs}`;
  const known = digests.get(path);
  const digest = known?.version === version ? known.digest : createHash("sha256").update(readFileSync(path)).digest();
  digests.set(path, { version, digest });
  return digest.toString(encoding);
}
