import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Zippable, type ZippableFile, zipSync } from "fflate";

/** Files of a zip by their name in it. */
export type ZipFiles = Readonly<Record<string, Uint8Array>>;

// The year 1980 is the first that a zip knows; read as local time, it is the same bytes in every zone.
const mtime = new Date(1980, 0, 1);
const unix = 3;
const readableByAll = 0o100644 << 16;

/** Equal files give equal bytes: order, times and modes are fixed. */
export function zip(files: ZipFiles): Uint8Array {
  const entries: Zippable = {};
  for (const name of Object.keys(files).sort()) {
    const content = files[name];
    if (content) entries[name] = [content, { mtime, os: unix, attrs: readableByAll }] satisfies ZippableFile;
  }
  return zipSync(entries, { level: 6 });
}

/** The files of a folder, without those below it, under `name/`. */
export function filesOf(folder: string, name: string): ZipFiles {
  if (!existsSync(folder))
    throw new Error(`The folder ${name}/ of a bundle is missing: make it, or take it off the function's source.`);
  const found = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(found.map((entry) => [`${name}/${entry.name}`, readFileSync(join(folder, entry.name))]));
}

/** SHA-256 over names and contents. */
export function digestOf(files: ZipFiles): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(files).sort())
    hash.update(`${name}\0${files[name]?.length}\0`).update(files[name] ?? "");
  return hash.digest("hex");
}
