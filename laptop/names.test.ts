import { globSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "vitest";

/** Words for the resources, routes and functions of the project that contains this laptop cloud. */
const names = /holdfast|inventor|reservation|\bstock|\bsku\b|\bexpir(y|ies)\b|catalogue|quarantine|movement/i;
const folder = import.meta.dirname;
const notItsOwn = new Set(["dist", "node_modules", relative(folder, import.meta.filename)]);

it("the laptop cloud names nothing of the project that it runs", () => {
  const files = globSync("**/*", { cwd: folder, exclude: (path) => notItsOwn.has(path) }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
  for (const file of ["package.json", "README.md", "commands/cli.test.ts", "bin/laptop-cloud.js"])
    expect(files).toContain(file);
  const found = files.flatMap((file) =>
    readFileSync(join(folder, file), "utf8")
      .split("\n")
      .flatMap((line, index) => (names.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
