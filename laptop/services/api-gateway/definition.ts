import { z } from "zod";
import { functionNameOf } from "../arn.ts";
import type { RestApiOptions } from "./api-gateway-service.ts";

/** One way to answer a route. */
export type Integration =
  | { readonly type: "function"; readonly functionName: string; readonly timeoutMs: number }
  | {
      readonly type: "mock";
      readonly status: number;
      /** Header names and values. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    };

export interface Authorizer {
  readonly name: string;
  readonly type: "REQUEST" | "TOKEN";
  readonly functionName: string;
  /** Such as `method.request.header.Authorization`. */
  readonly identitySources: readonly string[];
  readonly ttlSeconds: number;
  /** TOKEN only: the pattern that the token must match. */
  readonly identityValidation?: RegExp;
}

export interface Route {
  /** Upper case, or ANY. */
  readonly method: string;
  /** As in the definition, such as `/orders/{id}`. */
  readonly path: string;
  readonly integration: Integration;
  readonly authorizer?: Authorizer;
}

export interface GatewayResponse {
  readonly statusCode?: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly templates: Readonly<Record<string, string>>;
}

/** What an API is, read from its OpenAPI body. */
export interface Definition {
  readonly routes: readonly Route[];
  readonly gatewayResponses: ReadonlyMap<string, GatewayResponse>;
  readonly binaryMediaTypes: readonly string[];
}

const methods = ["get", "put", "post", "delete", "options", "head", "patch"] as const;
const anyMethod = "x-amazon-apigateway-any-method";
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const integrationMsMax = 29_000;

const Texts = z.record(z.string(), z.string());
const IntegrationShape = z.looseObject({
  type: z.string(),
  uri: z.string().optional(),
  timeoutInMillis: z.number().optional(),
  requestTemplates: Texts.optional(),
  responses: z
    .record(
      z.string(),
      z.looseObject({
        statusCode: z.coerce.number(),
        responseParameters: Texts.optional(),
        responseTemplates: Texts.optional(),
      }),
    )
    .optional(),
});
const Operation = z.looseObject({
  "x-amazon-apigateway-integration": IntegrationShape.optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
});
const SecurityScheme = z.looseObject({
  name: z.string().optional(),
  "x-amazon-apigateway-authorizer": z
    .looseObject({
      type: z.string(),
      authorizerUri: z.string().optional(),
      identitySource: z.string().optional(),
      identityValidationExpression: z.string().optional(),
      authorizerResultTtlInSeconds: z.coerce.number().optional(),
    })
    .optional(),
});
export const GatewayResponseShape = z.looseObject({
  statusCode: z.coerce.number().int().optional(),
  responseParameters: Texts.optional(),
  responseTemplates: Texts.optional(),
});
const Body = z.looseObject({
  openapi: z.string().optional(),
  paths: z.record(z.string().startsWith("/"), z.record(z.string(), z.unknown())),
  components: z.looseObject({ securitySchemes: z.record(z.string(), SecurityScheme).optional() }).optional(),
  "x-amazon-apigateway-gateway-responses": z.record(z.string(), GatewayResponseShape).optional(),
  "x-amazon-apigateway-binary-media-types": z.array(z.string()).optional(),
});

/** @throws Error naming the API, and the places in its body that cannot run here */
export function readDefinition(options: Pick<RestApiOptions, "name" | "body" | "binaryMediaTypes">): Definition {
  const given = typeof options.body === "string" ? JSON.parse(options.body) : options.body;
  const parsed = Body.safeParse(given);
  if (!parsed.success)
    throw new Error(`API ${options.name}: its body is not OpenAPI:\n${z.prettifyError(parsed.error)}`);
  const body = parsed.data;
  const authorizers = readAuthorizers(body.components?.securitySchemes ?? {}, options.name);
  const routes = Object.entries(body.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => method === anyMethod || methods.some((known) => known === method))
      .map(([method, operation]) => readRoute({ path, method, operation, authorizers, api: options.name })),
  );
  const responses = Object.entries(body["x-amazon-apigateway-gateway-responses"] ?? {});
  return {
    routes,
    gatewayResponses: new Map(responses.map(([type, response]) => [type, readGatewayResponse(response)])),
    binaryMediaTypes: [...(body["x-amazon-apigateway-binary-media-types"] ?? []), ...(options.binaryMediaTypes ?? [])],
  };
}

export function readGatewayResponse(given: z.output<typeof GatewayResponseShape>): GatewayResponse {
  return {
    ...(given.statusCode === undefined ? {} : { statusCode: given.statusCode }),
    parameters: given.responseParameters ?? {},
    templates: given.responseTemplates ?? {},
  };
}

function readAuthorizers(schemes: Readonly<Record<string, z.output<typeof SecurityScheme>>>, api: string) {
  const authorizers = new Map<string, Authorizer>();
  for (const [name, scheme] of Object.entries(schemes)) {
    const given = scheme["x-amazon-apigateway-authorizer"];
    if (!given) continue;
    const type = given.type.toUpperCase();
    if ((type !== "REQUEST" && type !== "TOKEN") || !given.authorizerUri) {
      throw new Error(`API ${api}: authorizer ${name} must be of type request or token with an authorizerUri`);
    }
    const header = `method.request.header.${scheme.name ?? "Authorization"}`;
    const sources = given.identitySource?.split(",").map((source) => source.trim()) ?? [];
    authorizers.set(name, {
      name,
      type,
      functionName: functionNameOf(given.authorizerUri),
      identitySources: type === "TOKEN" && sources.length === 0 ? [header] : sources.filter((source) => source !== ""),
      ttlSeconds: given.authorizerResultTtlInSeconds ?? 300,
      ...(given.identityValidationExpression
        ? { identityValidation: new RegExp(given.identityValidationExpression) }
        : {}),
    });
  }
  return authorizers;
}

function readRoute(options: {
  path: string;
  method: string;
  operation: unknown;
  authorizers: ReadonlyMap<string, Authorizer>;
  api: string;
}): Route {
  const method = options.method === anyMethod ? "ANY" : options.method.toUpperCase();
  const where = `API ${options.api}: ${method} ${options.path}`;
  const operation = Operation.parse(options.operation);
  const integration = operation["x-amazon-apigateway-integration"];
  if (!integration) throw new Error(`${where} has no x-amazon-apigateway-integration`);
  const schemes = (operation.security ?? []).flatMap((requirement) => Object.keys(requirement));
  const authorizer = schemes.map((scheme) => options.authorizers.get(scheme)).find((found) => found !== undefined);
  if (schemes.length > 0 && !authorizer) throw new Error(`${where} names ${schemes}, which is no authorizer`);
  return {
    method,
    path: options.path,
    integration: readIntegration(integration, where),
    ...(authorizer ? { authorizer } : {}),
  };
}

function readIntegration(given: z.output<typeof IntegrationShape>, where: string): Integration {
  const type = given.type.toLowerCase();
  if (type === "aws_proxy" && given.uri) {
    const timeoutMs = Math.min(given.timeoutInMillis ?? integrationMsMax, integrationMsMax);
    return { type: "function", functionName: functionNameOf(given.uri), timeoutMs };
  }
  if (type === "mock") return readMock(given);
  throw new Error(`${where}: an integration of type ${given.type} does not run here; aws_proxy and mock do`);
}

/** A mock answers with the one response that its status code, or `default`, selects. APIs answer CORS preflights this way. */
function readMock(given: z.output<typeof IntegrationShape>): Integration {
  const wanted = /"?statusCode"?\s*:\s*(\d+)/.exec(Object.values(given.requestTemplates ?? {})[0] ?? "")?.[1] ?? "200";
  const response = given.responses?.[wanted] ?? given.responses?.default;
  const headers = Object.entries(response?.responseParameters ?? {}).map(([name, value]) => [
    name.replace(/^method\.response\.header\./, ""),
    value.replace(/^'(.*)'$/s, "$1"),
  ]);
  return {
    type: "mock",
    status: response?.statusCode ?? Number(wanted),
    headers: Object.fromEntries(headers),
    body: Object.values(response?.responseTemplates ?? {})[0] ?? "",
  };
}
