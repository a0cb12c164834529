import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { functionNames } from "./functions.ts";

const handlers = new URL("../../handlers/", import.meta.url);
/** Folders of `handlers/` with code that functions share. */
const shared = ["inventory", "store", "runtime"];

describe("functions", () => {
  const folders = readdirSync(handlers, { withFileTypes: true }).filter((found) => found.isDirectory());

  it("are the folders of handlers/ without the shared ones", () => {
    expect([...functionNames, ...shared].sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  it.each(functionNames)("%s has its code and its environment in its folder", (name) => {
    expect(readdirSync(new URL(name, handlers))).toEqual(expect.arrayContaining(["environment.ts", "lambda.ts"]));
  });
});
