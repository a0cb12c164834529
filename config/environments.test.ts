import { describe, expect, it } from "vitest";
import { chosenEnvironments, environments } from "./environments.ts";

describe("environments", () => {
  it("have names, ranges and states of their own", () => {
    const unique = (values: readonly unknown[]) => new Set(values).size;
    expect(unique(environments.map(({ name }) => name))).toBe(environments.length);
    expect(unique(environments.map(({ foundation }) => foundation.network.range))).toBe(environments.length);
    expect(unique(environments.map(({ backend }) => JSON.stringify(backend)))).toBe(environments.length);
  });

  it("keep nothing under an absolute path", () => {
    for (const { backend } of environments) if (backend.kind === "local") expect(backend.folder).toMatch(/^\.\.\//);
  });

  it.each(["staging", "prod"])("protect %s and reach it, its database and its cache over TLS alone", (name) => {
    const [environment] = chosenEnvironments(name);
    const overTls = { database: { tls: "verify" }, cache: { tls: "on" } };
    expect(environment?.foundation).toMatchObject({ protection: "protected", ...overTls });
    expect(environment?.service.edge.tls).toBe("on");
  });
});

describe("chosenEnvironments", () => {
  it.each([undefined, ""])("are all (%s)", (name) => expect(chosenEnvironments(name)).toBe(environments));

  it("are the one named", () => expect(chosenEnvironments("dev").map(({ name }) => name)).toEqual(["dev"]));

  it("refuse a name that config/ does not have", () => {
    expect(() => chosenEnvironments("test")).toThrow("one of laptop, dev, staging, prod");
  });
});
