/**
 * Any origin may call: a request is allowed by the token that it carries, never by a cookie.
 * Names with `'` cannot stand in the gateway's mappings; none of these has one.
 */
export const corsHeaders = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers":
    "ETag, Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Amzn-RequestId, X-Request-Id",
} as const;

const requestHeaders = "Authorization,Content-Type,Idempotency-Key,If-Match,If-None-Match";
const preflightSeconds = 7_200;

/** The OPTIONS operation of a path, answered by the gateway itself. */
export function preflight(methods: readonly string[]): object {
  const headers: Record<string, string> = {
    "Access-Control-Allow-Origin": corsHeaders["Access-Control-Allow-Origin"],
    "Access-Control-Allow-Headers": requestHeaders,
    "Access-Control-Allow-Methods": [...methods, "OPTIONS"].join(","),
    "Access-Control-Max-Age": `${preflightSeconds}`,
  };
  return {
    summary: "Cross-origin preflight",
    responses: {
      204: {
        description: "What other origins may send",
        headers: Object.fromEntries(Object.keys(headers).map((name) => [name, { schema: { type: "string" } }])),
      },
    },
    "x-amazon-apigateway-integration": {
      type: "mock",
      requestTemplates: { "application/json": '{"statusCode":204}' },
      responses: {
        default: {
          statusCode: "204",
          responseParameters: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, `'${value}'`]),
          ),
        },
      },
    },
  };
}
