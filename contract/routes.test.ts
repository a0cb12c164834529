import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";

const table: [string, Route][] = Object.entries(routes);
const parameterNames = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);

describe("routes", () => {
  it("contains the operations of all files in routes/, each of them once", async () => {
    const folder = join(import.meta.dirname, "routes");
    const files = await Promise.all(readdirSync(folder).map((file) => import(join(folder, file))));
    const tables = files.flatMap((exported) => Object.entries(exported)).filter(([name]) => name.endsWith("Routes"));
    const operations = tables.flatMap(([, ofNoun]) => Object.keys(ofNoun as object));
    expect(operations.toSorted()).toEqual(Object.keys(routes).toSorted());
  });

  it("has each method and path once", () => {
    const keys = table.map(([, route]) => `${route.method} ${route.path}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each(table)("%s declares a schema for exactly the parameters in its path", (_, route) => {
    expect(Object.keys(route.parameters?.shape ?? {})).toEqual(parameterNames(route.path));
  });

  it.each(table)(
    "%s requires an Idempotency-Key exactly when it is a POST that does not create a ticket",
    (operation, route) => {
      expect(route.idempotencyKey === true).toBe(route.method === "POST" && operation !== "createTicket");
    },
  );

  it.each(table)("%s is public only when it is a GET", (_, route) => {
    if (route.access.kind === "public") expect(route.method).toBe("GET");
  });

  it.each(table)("%s refuses unknown query parameters and body fields", (_, route) => {
    if (route.query)
      expect(route.query.safeParse({ surprise: "1" }).error?.issues).toContainEqual(
        expect.objectContaining({ code: "unrecognized_keys" }),
      );
    if (route.body) expect(route.body.safeParse({ surprise: "1" }).success).toBe(false);
  });
});
