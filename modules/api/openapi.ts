import type { Route } from "../../contract/route.ts";
import { preflight } from "./cors.ts";
import { gatewayResponses } from "./gateway-responses.ts";

/** Content types of bodies that the gateway passes on as bytes. */
const binaryMediaTypes = ["text/csv", "application/x-ndjson", "application/gzip"];
const authorizedSeconds = 300;
const integrationTimeoutMs = 29_000;

/** A table of routes. Each route names the function that serves it. */
export type RouteTable<Name extends string> = Readonly<Record<string, Route & { readonly function: Name }>>;

export interface OpenApiProps<Name extends string = string> {
  readonly title: string;
  readonly version: string;
  readonly routes: RouteTable<Name>;
  /** Invoke ARN of each function that a route names. */
  readonly integrations: Readonly<Record<Name, string>>;
  /** Invoke ARN of the authorizer. */
  readonly authorizer: string;
  /** Operations that need no token and check none, such as a health check. */
  readonly open: ReadonlySet<string>;
  /** `private`: public routes require a token too. */
  readonly publicRoutes: "public" | "private";
}

/**
 * Returns the API in the form that API Gateway imports: OpenAPI 3.0 with routes, authorizers, CORS and the gateway's
 * own error responses. It has no models: the function validates headers, parameters and bodies with the contract.
 */
export function openApiBody<Name extends string>(props: OpenApiProps<Name>): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [operation, route] of Object.entries(props.routes)) {
    paths[route.path] ??= {};
    Object.assign(paths[route.path] ?? {}, { [route.method.toLowerCase()]: operationObject(operation, route, props) });
  }
  for (const operations of Object.values(paths)) {
    operations.options = preflight(Object.keys(operations).map((method) => method.toUpperCase()));
  }
  return {
    openapi: "3.0.3",
    info: { title: props.title, version: props.version },
    paths,
    components: { securitySchemes: authorizers(props.authorizer) },
    "x-amazon-apigateway-binary-media-types": binaryMediaTypes,
    "x-amazon-apigateway-gateway-responses": gatewayResponses(),
  };
}

function operationObject<Name extends string>(
  operation: string,
  route: RouteTable<Name>[string],
  props: OpenApiProps<Name>,
): object {
  return {
    operationId: operation,
    summary: route.summary,
    parameters: [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
    })),
    responses: { default: { description: "Written by the function" } },
    security: security(operation, route, props),
    "x-amazon-apigateway-integration": {
      type: "aws_proxy",
      httpMethod: "POST",
      uri: props.integrations[route.function],
      passthroughBehavior: "when_no_match",
      timeoutInMillis: integrationTimeoutMs,
    },
  };
}

function security(
  operation: string,
  route: Route,
  props: Pick<OpenApiProps<string>, "open" | "publicRoutes">,
): object[] {
  if (props.open.has(operation)) return [];
  const required = route.access.kind === "scope" || props.publicRoutes === "private";
  return [required ? { token: [] } : { optionalToken: [] }];
}

/**
 * Returns two authorizers. `token` requires a token, and the gateway caches the result. `optionalToken` runs on each
 * request, because the gateway can cache only by the header, which may be absent.
 */
function authorizers(authorizerUri: string): Record<string, object> {
  const scheme = (authorizer: object) => ({
    type: "apiKey",
    name: "Authorization",
    in: "header",
    "x-amazon-apigateway-authtype": "custom",
    "x-amazon-apigateway-authorizer": { type: "request", authorizerUri, ...authorizer },
  });
  return {
    token: scheme({
      identitySource: "method.request.header.Authorization",
      authorizerResultTtlInSeconds: authorizedSeconds,
    }),
    optionalToken: scheme({ authorizerResultTtlInSeconds: 0 }),
  };
}
