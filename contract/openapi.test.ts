import { describe, expect, it } from "vitest";
import { createOpenApi, problemCodesOf } from "./openapi.ts";
import { problems } from "./problem.ts";
import { rateLimits } from "./rate-limit.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";

const document = JSON.parse(JSON.stringify(createOpenApi()));
const table: [string, Route][] = Object.entries(routes);

describe("createOpenApi", () => {
  it.each(table)("describes %s with its parameters, body, answers and problems", (operation, route) => {
    const described = document.paths[route.path][route.method.toLowerCase()];
    expect(described.operationId).toBe(operation);
    const names = (place: string) =>
      (described.parameters ?? []).flatMap((parameter: { in: string; name: string }) =>
        parameter.in === place ? parameter.name : [],
      );
    expect(names("path")).toEqual(Object.keys(route.parameters?.shape ?? {}));
    expect(names("query")).toEqual(Object.keys(route.query?.shape ?? {}));
    expect(names("header").includes("Idempotency-Key")).toBe(route.idempotencyKey === true);
    expect(names("header").includes("If-Match")).toBe(route.ifMatch === true);
    expect(described.requestBody !== undefined).toBe(route.body !== undefined);
    expect(described["x-rate-limit"]).toEqual({ class: route.rateLimit, ...rateLimits[route.rateLimit].client });
    const statuses = [
      ...Object.keys(route.answers),
      ...(route.etag ? ["304"] : []),
      ...problemCodesOf(route).map((code) => String(problems[code].status)),
    ];
    expect(Object.keys(described.responses).sort()).toEqual([...new Set(statuses)].sort());
  });

  it("defines every schema that it refers to", () => {
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name,
    );
    expect(references.length).toBeGreaterThan(0);
    for (const name of new Set(references)) expect(document.components.schemas).toHaveProperty(name ?? "");
  });

  it("returns the same document each time", () => {
    expect(JSON.stringify(createOpenApi())).toBe(JSON.stringify(createOpenApi()));
  });
});
