import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Route } from "../contract/route.ts";
import { type Operation, routes } from "../contract/routes.ts";
import { hasScope } from "../contract/scope.ts";
import { chosenEnvironments, environments } from "./environments.ts";

/** The operations that each hook of the SDK calls. */
const hookOperations: Readonly<Record<string, readonly Operation[]>> = {
  useHoldfast: [],
  useStock: ["getLevel", "getItemStock", "listLevels", "createTicket"],
  useReservation: ["getReservation"],
};

/** Returns the operations that the console's pages call, by name or through the SDK's hooks. */
function consoleOperations(): ReadonlySet<string> {
  const files = globSync("clients/console/src/**/*.{ts,tsx}", { exclude: (path) => path.endsWith(".test.ts") });
  const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
  const named = Object.keys(routes).filter((operation) => new RegExp(`\\b${operation}\\b`).test(text));
  const hooks = [...text.matchAll(/import \{(.*)\} from "@holdfast\/sdk\/react"/g)].flatMap(
    ([, names = ""]) => names.match(/\buse\w+/g) ?? [],
  );
  return new Set([
    ...named,
    ...hooks.flatMap((hook) => {
      const operations = hookOperations[hook];
      if (!operations) throw new Error(`The console uses ${hook}: add the operations that it calls to this test.`);
      return operations;
    }),
  ]);
}

describe("environments", () => {
  it.each(environments)("grant the console of $name every scope that its pages need", ({ service }) => {
    const granted = new Set<string>(service.console.scopes);
    const refused = Object.entries<Route>(routes).filter(
      ([operation, { access }]) =>
        consoleOperations().has(operation) && access.kind === "scope" && !hasScope(granted, access.scope),
    );
    expect(refused.map(([operation, { access }]) => ({ operation, access }))).toEqual([]);
  });

  it("are compared with operations that the console calls as methods, by name and through hooks", () => {
    const found = [...consoleOperations()];
    expect(found).toEqual(expect.arrayContaining(["listItems", "releaseReservation", "getReservation"]));
  });

  it("have unique names, network ranges and Terraform backends", () => {
    const unique = (values: readonly unknown[]) => new Set(values).size;
    expect(unique(environments.map(({ name }) => name))).toBe(environments.length);
    expect(unique(environments.map(({ foundation }) => foundation.network.range))).toBe(environments.length);
    expect(unique(environments.map(({ backend }) => JSON.stringify(backend)))).toBe(environments.length);
  });

  it("use no absolute path", () => {
    for (const { backend } of environments) if (backend.kind === "local") expect(backend.folder).toMatch(/^\.\.\//);
  });

  it.each(["staging", "prod"])("protect %s, and use only TLS for its edge, database and cache", (name) => {
    const [environment] = chosenEnvironments(name);
    const overTls = { database: { tls: "verify" }, cache: { tls: "on" } };
    expect(environment?.foundation).toMatchObject({ protection: "protected", ...overTls });
    expect(environment?.service.edge.tls).toBe("on");
  });
});

describe("chosenEnvironments", () => {
  it.each([undefined, ""])("returns all environments (%s)", (name) =>
    expect(chosenEnvironments(name)).toBe(environments),
  );

  it("returns the named environment", () => expect(chosenEnvironments("dev").map(({ name }) => name)).toEqual(["dev"]));

  it("refuses a name that config/ does not have", () => {
    expect(() => chosenEnvironments("test")).toThrow("one of laptop, dev, staging, prod");
  });
});
