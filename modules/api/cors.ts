/**
 * Headers that let any origin call. This is safe because a token authorizes a request, never a cookie.
 * The gateway puts values into its mappings between `'`, so none of these may contain one.
 */
export const corsHeaders = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers":
    "ETag, Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Amzn-RequestId, X-Request-Id",
} as const;

const requestHeaders = "Authorization,Content-Type,Idempotency-Key,If-Match,If-None-Match";
const preflightSeconds = 7_200;

/** Returns the OPTIONS operation of a path. The gateway answers it itself and calls no function. */
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
