import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a build depends on besides its inputs. */
export interface BuildFacts {
  readonly root: string;
  /** Where zips and the record of their build are. */
  readonly folder: string;
  readonly key: string;
}

interface Build {
  readonly digest: string;
  /** Files of this repository that were compiled; packages are told by npm's record of what is installed. */
  readonly inputs: readonly string[];
  /** SHA-256 of each zip in base64. */
  readonly zips: Readonly<Record<string, string>>;
}

const tools = ["bundle.ts", "bundle-cache.ts", "bundle-zip.ts"];
const installed = join("node_modules", ".package-lock.json");
const recordOf = (facts: BuildFacts) => join(facts.folder, "build.json");

/** The zips' hashes as built before, if nothing that they came from has changed and they are still what was built. */
export function keptBuild(
  facts: BuildFacts,
  zips: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | undefined {
  if (!existsSync(recordOf(facts))) return undefined;
  const kept = JSON.parse(readFileSync(recordOf(facts), "utf8")) as Build;
  const inputsThere = kept.inputs.every((input) => existsSync(join(facts.root, input)));
  if (!inputsThere || kept.digest !== digestOfBuild(facts, kept.inputs)) return undefined;
  const whole = Object.entries(zips).every(
    ([name, path]) => existsSync(path) && sha256(path, "base64") === kept.zips[name],
  );
  return whole ? kept.zips : undefined;
}

export function keepBuild(facts: BuildFacts, inputs: readonly string[], zips: Build["zips"]): void {
  const own = inputs.filter((input) => !input.includes("node_modules/")).sort();
  const build: Build = { digest: digestOfBuild(facts, own), inputs: own, zips };
  const temporary = `${recordOf(facts)}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(build));
  renameSync(temporary, recordOf(facts));
}

function digestOfBuild(facts: BuildFacts, inputs: readonly string[]): string {
  const hash = createHash("sha256").update(facts.key);
  const paths = [
    ...inputs.map((input) => join(facts.root, input)),
    join(facts.root, installed),
    ...tools.map((tool) => join(import.meta.dirname, tool)),
  ];
  for (const path of paths) hash.update(`\0${existsSync(path) ? sha256(path, "hex") : "none"}`);
  return hash.update(inputs.join("\0")).digest("hex");
}

const sha256 = (path: string, encoding: "hex" | "base64") =>
  createHash("sha256").update(readFileSync(path)).digest(encoding);
