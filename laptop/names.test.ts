import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

/** The project that this laptop cloud ships with, by the words for its resources, routes and functions. */
const names = /holdfast|inventor|reservation|\bstock|\bsku\b|\bexpir(y|ies)\b|catalogue|quarantine|movement/i;

it("the laptop cloud names nothing of the project that it runs", () => {
  const files = globSync("**/*.ts", { cwd: import.meta.dirname }).filter((file) => !file.endsWith(".test.ts"));
  expect(files.length).toBeGreaterThan(50);
  const found = files.flatMap((file) =>
    readFileSync(join(import.meta.dirname, file), "utf8")
      .split("\n")
      .flatMap((line, index) => (names.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
