import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Zippable, type ZippableFile, zipSync } from "fflate";

/** The files of a zip, by their name in the zip. */
export type ZipFiles = Readonly<Record<string, Uint8Array>>;

// 1980 is the first year that a zip supports. The zip library reads it as local time, so the bytes do not depend on
// the time zone.
const mtime = new Date(1980, 0, 1);
const unix = 3;
const readableByAll = 0o100644 << 16;

/** Makes a zip. Equal files give equal bytes, because order, times and modes are fixed. */
export function zip(files: ZipFiles): Uint8Array {
  const entries: Zippable = {};
  for (const name of Object.keys(files).sort()) {
    const content = files[name];
    if (content) entries[name] = [content, { mtime, os: unix, attrs: readableByAll }] satisfies ZippableFile;
  }
  return zipSync(entries, { level: 6 });
}

/** Reads the files directly in a folder, named `name/<file>`. */
export function filesOf(folder: string, name: string): ZipFiles {
  if (!existsSync(folder))
    throw new Error(`The folder ${name}/ of a bundle is missing: create it, or remove it from the function's source.`);
  const found = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(found.map((entry) => [`${name}/${entry.name}`, readFileSync(join(folder, entry.name))]));
}

/** Returns the SHA-256 of names and contents. */
export function digestOf(files: ZipFiles): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(files).sort())
    hash.update(`${name}\0${files[name]?.length}\0`).update(files[name] ?? "");
  return hash.digest("hex");
}
