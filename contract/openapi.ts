import { z } from "zod";
import {
  createDocument,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponseObject,
  type ZodOpenApiResponsesObject,
} from "zod-openapi";
import { IdempotencyKey } from "./identifiers.ts";
import { Problem, type ProblemCode, problems } from "./problem.ts";
import { rateLimits } from "./rate-limit.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";

/** The published description of the API. */
export type OpenApiDocument = ReturnType<typeof createDocument>;

/** Makes the published description of the API (OpenAPI 3.1) from the route table alone. */
export function createOpenApi(): OpenApiDocument {
  const document: ZodOpenApiObject = {
    openapi: "3.1.0",
    info: {
      title: "Holdfast",
      version: "1",
      summary: "Live stock at many locations, reservations that expire, no oversell.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/v1" }],
    paths: {},
    components: { securitySchemes: { token: { type: "http", scheme: "bearer", bearerFormat: "JWT" } } },
  };
  for (const [operation, route] of Object.entries<Route>(routes)) {
    const path = document.paths?.[route.path] ?? {};
    document.paths = {
      ...document.paths,
      [route.path]: { ...path, [route.method.toLowerCase()]: operationOf(operation, route) },
    };
  }
  return createDocument(document);
}

function operationOf(operationId: string, route: Route): ZodOpenApiOperationObject {
  const { ratePerSecond, burst } = rateLimits[route.rateLimit].client;
  const types = ["application/json", ...(route.bodyTypes ?? [])];
  return {
    operationId,
    summary: route.summary,
    tags: [route.path.split("/")[1] ?? ""],
    security: route.access.kind === "public" ? [{}, { token: [] }] : [{ token: [route.access.scope] }],
    requestParams: {
      ...(route.parameters && { path: route.parameters }),
      ...(route.query && { query: route.query }),
      ...headerParameters(route),
    },
    ...(route.body && {
      requestBody: { content: Object.fromEntries(types.map((type) => [type, { schema: route.body }])) },
    }),
    responses: { ...answersOf(route), ...problemsOf(route) },
    "x-rate-limit": { class: route.rateLimit, ratePerSecond, burst },
  };
}

const VersionTag = z.string().regex(/^(?:W\/)?"[0-9]+"$/);

function headerParameters(route: Route) {
  const shape = {
    ...(route.idempotencyKey && {
      "Idempotency-Key": IdempotencyKey.meta({ description: "The same for every repetition of this request" }),
    }),
    ...(route.ifMatch && {
      "If-Match": VersionTag.optional().meta({ description: 'The version to change; "0": not made yet' }),
    }),
    ...(route.etag && { "If-None-Match": z.string().optional().meta({ description: "304 when nothing changed" }) }),
  };
  return Object.keys(shape).length > 0 ? { header: z.object(shape) } : {};
}

function answersOf(route: Route): ZodOpenApiResponsesObject {
  const answers: ZodOpenApiResponsesObject = {};
  for (const [status, { description, schema }] of Object.entries(route.answers)) {
    const answer: ZodOpenApiResponseObject = {
      description,
      headers: z.object({
        ...(route.etag && { ETag: z.string() }),
        ...(route.idempotencyKey && { "Idempotent-Replayed": z.literal("true").optional() }),
      }),
      content: { "application/json": { schema } },
    };
    answers[status as "200"] = answer;
  }
  if (route.etag) answers["304"] = { description: "Nothing changed since the version in If-None-Match" };
  return answers;
}

/** Returns all codes with which a route can answer, in order of precedence. */
export function problemCodesOf(route: Route): readonly ProblemCode[] {
  const always: ProblemCode[] = ["unauthorized", "rate_limited", "validation_failed", "unavailable"];
  if (route.access.kind === "scope") always.push("forbidden");
  if (route.body) always.push("payload_too_large");
  if (route.idempotencyKey) always.push("idempotency_key_missing", "idempotency_key_reused");
  const possible = new Set<ProblemCode>([...always, ...route.problems]);
  return (Object.keys(problems) as ProblemCode[]).filter((code) => possible.has(code));
}

function problemsOf(route: Route): ZodOpenApiResponsesObject {
  const codesByStatus = new Map<number, ProblemCode[]>();
  for (const code of problemCodesOf(route)) {
    const { status } = problems[code];
    codesByStatus.set(status, [...(codesByStatus.get(status) ?? []), code]);
  }
  const answers: ZodOpenApiResponsesObject = {};
  for (const [status, codes] of codesByStatus) {
    answers[String(status) as "400"] = {
      description: codes.map((code) => `\`${code}\`: ${problems[code].title}`).join("; "),
      content: { "application/problem+json": { schema: Problem } },
    };
  }
  return answers;
}
