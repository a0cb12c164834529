import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Construct } from "constructs";
import { beforeAll, describe, expect, it } from "vitest";
import * as modules from "./index.ts";

const root = resolve(import.meta.dirname, "..");
const constructs = Object.entries<unknown>(modules)
  .filter(([, value]) => typeof value === "function" && value.prototype instanceof Construct)
  .map(([name]) => name);
const sources = globSync("*/*.ts", { cwd: import.meta.dirname }).map((file) =>
  readFileSync(join(import.meta.dirname, file), "utf8"),
);

/** Code that the examples may use besides the exports of modules/. */
const prelude = `
import type { App, TerraformStack } from "cdktf";
import { routes } from "../../contract/routes.ts";
import type { environments } from "../../config/environments.ts";
import { ${Object.keys(modules).join(", ")} } from "../../modules/index.ts";
import type { Bundle, Bundles, LambdaFunction as Made, Network as MadeNetwork, RestApi as MadeApi, Table as MadeTable, FunctionVariables } from "../../modules/index.ts";
declare const app: App;
declare const stack: TerraformStack;
declare const environment: (typeof environments)[number];
declare const bundle: Bundle<{ ORDERS_TABLE: string }>;
declare const bundles: Bundles;
{
  const { network, orders, restApi, publicFunction, privateFunction } = {} as {
    network: MadeNetwork; orders: MadeTable<"byCustomer">; restApi: MadeApi;
    publicFunction: Made<FunctionVariables, "public">; privateFunction: Made<FunctionVariables, "private">;
  };
  {
`;

/** Returns the code of a construct's `@example`. @throws when its docstring has none */
function exampleOf(name: string): string {
  const docstring = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\nexport class ${name}\\b`);
  const text = sources.map((source) => docstring.exec(source)?.[1]).find((found) => found !== undefined) ?? "";
  const example = /^ \* @example\n((?: \*(?! @).*\n)+)/m.exec(text)?.[1];
  if (example === undefined) throw new Error(`${name} has no @example. Write one into the docstring of the class.`);
  return example.replaceAll(/^ \* ?/gm, "");
}

/** Compiles all programs in one run, and returns the compiler's errors for each. */
function complaints(programs: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  mkdirSync(join(root, "dist"), { recursive: true });
  const folder = mkdtempSync(join(root, "dist", "examples-"));
  try {
    for (const [name, code] of programs) writeFileSync(join(folder, `${name}.ts`), `${prelude}${code}}}\n`);
    const compilerOptions = { noUnusedLocals: false, rootDir: root };
    const settings = { extends: "../../tsconfig.json", compilerOptions, include: ["*.ts"], exclude: [] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
    const output = compile(folder);
    const lines = output.split("\n").filter((line) => line.includes("error TS"));
    return new Map([...programs.keys()].map((name) => [name, lines.filter((line) => line.includes(`${name}.ts(`))]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns what the compiler prints. The compiler fails when it finds errors. */
function compile(project: string): string {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  try {
    return execFileSync(process.execPath, [compiler, "-p", project], { encoding: "utf8" });
  } catch (error) {
    if (error instanceof Error && "stdout" in error) return String(error.stdout);
    throw error;
  }
}

describe("examples of the constructs", () => {
  let found: ReadonlyMap<string, readonly string[]>;
  beforeAll(() => {
    const programs = new Map(constructs.map((name) => [name, exampleOf(name)]));
    found = complaints(new Map([...programs, ["Wrong", 'new Queue(stack, "mails", { nmae: "shop-mails" });\n']]));
  });

  it("are read for every construct that modules/ exports", () => expect(constructs.length).toBeGreaterThan(20));

  it.each(constructs)("%s has one that compiles", (name) => expect(found.get(name)).toEqual([]));

  it("do not compile with a property that the construct does not know", () => {
    expect(found.get("Wrong")).toEqual([expect.stringContaining("nmae")]);
  });
});
