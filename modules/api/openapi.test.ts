import { describe, expect, it } from "vitest";
import { problems } from "../../contract/problem.ts";
import type { Route } from "../../contract/route.ts";
import { routes } from "../../contract/routes.ts";
import { type OpenApiProps, openApiBody } from "./openapi.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string }[];
  readonly security: readonly object[];
  readonly "x-amazon-apigateway-integration": { readonly type: string; readonly uri: string };
}
interface Body {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
  readonly "x-amazon-apigateway-binary-media-types": readonly string[];
  readonly "x-amazon-apigateway-gateway-responses": Readonly<
    Record<string, { statusCode: string; responseParameters: object; responseTemplates: Record<string, string> }>
  >;
}

const props: OpenApiProps = {
  title: "shop",
  version: "v1",
  routes,
  integrations: {
    catalogue: "arn:c",
    stock: "arn:s",
    reservations: "arn:r",
    reports: "arn:p",
    operations: "arn:o",
    "live-tickets": "arn:t",
    webhooks: "arn:w",
  },
  authorizer: "arn:a",
  open: new Set(["getHealth"]),
  publicRoutes: "public",
};
const made = (changed: Partial<OpenApiProps> = {}) => openApiBody({ ...props, ...changed }) as Body;
const all: readonly [string, Route][] = Object.entries(routes);
const operationOf = (body: Body, route: Route) => body.paths[route.path]?.[route.method.toLowerCase()];

describe("openApiBody", () => {
  it("has the OpenAPI version that API Gateway imports, and no models", () => {
    expect(made().openapi).toMatch(/^3\.0\.\d$/);
    expect(Object.keys(made().components)).toEqual(["securitySchemes"]);
  });

  it.each(all)("proxies %s to its function", (operation, route) => {
    expect(operationOf(made(), route)).toMatchObject({
      operationId: operation,
      "x-amazon-apigateway-integration": {
        type: "aws_proxy",
        httpMethod: "POST",
        uri: props.integrations[route.function],
      },
    });
  });

  it("contains the routes of the contract and no others", () => {
    const operations = Object.values(made().paths).flatMap(({ options: _, ...methods }) => Object.values(methods));
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(all.map(([operation]) => operation).sort());
  });

  it("declares the parameters of a path", () => {
    const { parameters } = operationOf(made(), routes.getLevel) as Operation;
    expect(parameters.map(({ name }) => name)).toEqual(["sku", "location"]);
  });

  it("requires a token for routes with a scope, accepts one on public routes, and checks none on open routes", () => {
    expect(operationOf(made(), routes.makeMovements)?.security).toEqual([{ token: [] }]);
    expect(operationOf(made(), routes.getItem)?.security).toEqual([{ optionalToken: [] }]);
    expect(operationOf(made(), routes.getHealth)?.security).toEqual([]);
  });

  it("requires a token on public routes too (private catalogue)", () => {
    const body = made({ publicRoutes: "private" });
    expect(operationOf(body, routes.getItem)?.security).toEqual([{ token: [] }]);
    expect(operationOf(body, routes.getHealth)?.security).toEqual([]);
  });

  it("caches the result for a required token for minutes, and never for an optional token", () => {
    const authorizer = (more: object) => ({
      "x-amazon-apigateway-authtype": "custom",
      "x-amazon-apigateway-authorizer": { type: "request", authorizerUri: "arn:a", ...more },
    });
    expect(made().components).toMatchObject({
      securitySchemes: {
        token: authorizer({ identitySource: "method.request.header.Authorization", authorizerResultTtlInSeconds: 300 }),
        optionalToken: authorizer({ authorizerResultTtlInSeconds: 0 }),
      },
    });
  });

  it("answers the preflight of every path without a function", () => {
    for (const [path, methods] of Object.entries(made().paths)) {
      const allowed = all.filter(([, route]) => route.path === path).map(([, route]) => route.method);
      expect(methods.options).toMatchObject({
        "x-amazon-apigateway-integration": {
          type: "mock",
          responses: {
            default: {
              statusCode: "204",
              responseParameters: {
                "method.response.header.Access-Control-Allow-Methods": `'${[...allowed, "OPTIONS"].join(",")}'`,
              },
            },
          },
        },
      });
    }
  });

  it("passes csv, ndjson and gzip as bytes", () => {
    expect(made()["x-amazon-apigateway-binary-media-types"]).toEqual([
      "text/csv",
      "application/x-ndjson",
      "application/gzip",
    ]);
  });
});

describe("gateway responses", () => {
  const responses = made()["x-amazon-apigateway-gateway-responses"];

  it.each([
    ["MISSING_AUTHENTICATION_TOKEN", "not_found"], // an unknown path or method
    ["UNAUTHORIZED", "unauthorized"],
    ["ACCESS_DENIED", "forbidden"],
    ["THROTTLED", "rate_limited"],
    ["REQUEST_TOO_LARGE", "payload_too_large"],
    ["BAD_REQUEST_BODY", "validation_failed"],
    ["INTEGRATION_TIMEOUT", "unavailable"],
    ["AUTHORIZER_FAILURE", "unavailable"],
    ["WAF_FILTERED", "forbidden"],
    ["DEFAULT_5XX", "unavailable"],
  ] as const)("answer %s as %s", (type, code) => {
    const { status, title } = problems[code];
    const response = responses[type];
    expect(response?.statusCode).toBe(`${status}`);
    expect(JSON.parse(response?.responseTemplates["application/json"] ?? "")).toMatchObject({
      type: expect.stringContaining(code),
      title,
      status,
      code,
      detail: expect.any(String),
      instance: "$context.path",
    });
  });

  it("are problem+json that any origin may read", () => {
    for (const { responseParameters } of Object.values(responses)) {
      expect(responseParameters).toMatchObject({
        "gatewayresponse.header.Content-Type": "'application/problem+json'",
        "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
      });
    }
  });

  it("have a Retry-After header where the contract promises it", () => {
    const asked = Object.entries(responses).filter(
      ([, { responseParameters }]) => "gatewayresponse.header.Retry-After" in responseParameters,
    );
    const promised = Object.entries(responses).filter(
      ([, { statusCode }]) => statusCode === "429" || statusCode === "503",
    );
    expect(asked.map(([type]) => type)).toEqual(promised.map(([type]) => type));
  });
});
