import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** The folders of each group. Within a group, an exported name has one meaning. */
const groups = {
  platform: ["contract", "handlers", "modules", "config", "tools"],
  laptop: ["laptop"],
  sdk: ["clients/sdk/src"],
  console: ["clients/console/src"],
  native: ["clients/native/src"],
  demo: ["clients/demo"],
};

/** Every function folder exports these two: its environment variables, and the handler that Lambda calls. */
const perFunction = new Set(["Environment", "handler"]);

const declaration =
  /^export (?:declare )?(?:async )?(?:abstract )?(?:const|function\*?|class|interface|type) ([A-Za-z_$][\w$]*)/gm;

function exportsOf(folders: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const files = new Map<string, Set<string>>();
  for (const path of folders.flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root }))) {
    if (/node_modules|\/dist\/|\.(test|fixture|conformance|generated)\.|\.d\.ts$/.test(path)) continue;
    for (const [, name = ""] of readFileSync(join(root, path), "utf8").matchAll(declaration)) {
      files.set(name, (files.get(name) ?? new Set()).add(path));
    }
  }
  return files;
}

describe("exported names", () => {
  it.each(Object.entries(groups))("have one meaning each (%s)", (_, folders) => {
    const exported = exportsOf(folders);
    expect(exported.size).toBeGreaterThan(10);
    const shared = [...exported].filter(([name, paths]) => paths.size > 1 && !perFunction.has(name));
    expect(Object.fromEntries(shared.map(([name, paths]) => [name, [...paths].sort()]))).toEqual({});
  });
});
