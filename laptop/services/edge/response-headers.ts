import type { CorsPolicy, ResponseHeadersPolicy } from "./edge-service.ts";
import { filtered, headerValue, type RawHeaders } from "./raw-headers.ts";
import type { Viewer } from "./viewer.ts";

/** An answer's headers, with those that a response headers policy adds and without those that it removes. */
export function withPolicy(headers: RawHeaders, policy: ResponseHeadersPolicy | undefined, viewer: Viewer): RawHeaders {
  if (!policy) return headers;
  const removed = new Set(policy.remove.map((name) => name.toLowerCase()));
  let all = removed.size === 0 ? [...headers] : filtered(headers, (name) => !removed.has(name));
  const cors = policy.cors ? corsHeaders(policy.cors, viewer) : [];
  for (const { name, value, override } of [...policy.headers, ...cors]) {
    const lower = name.toLowerCase();
    const isThere = headerValue(all, lower) !== undefined;
    if (isThere && !override) continue;
    if (isThere) all = filtered(all, (candidate) => candidate !== lower);
    all.push(name, value);
  }
  return all;
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html */
function corsHeaders(cors: CorsPolicy, { method, headers }: Viewer) {
  const origin = headerValue(headers, "origin");
  const isAny = cors.allowOrigins.includes("*");
  if (origin === undefined || !(isAny || cors.allowOrigins.some((allowed) => originMatches(allowed, origin))))
    return [];
  const isPreflight = method === "OPTIONS" && headerValue(headers, "access-control-request-method") !== undefined;
  const named: [name: string, value: string | undefined][] = [
    ["Access-Control-Allow-Origin", isAny ? "*" : origin],
    ["Access-Control-Allow-Credentials", cors.allowCredentials ? "true" : undefined],
    ["Access-Control-Expose-Headers", isPreflight ? undefined : listed(cors.exposeHeaders)],
    ["Access-Control-Allow-Methods", isPreflight ? methodsOf(cors) : undefined],
    ["Access-Control-Allow-Headers", isPreflight ? listed(cors.allowHeaders) : undefined],
    ["Access-Control-Max-Age", isPreflight ? cors.maxAgeSeconds?.toString() : undefined],
    ["Vary", isAny ? undefined : "Origin"],
  ];
  return named.flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value, override: cors.override && name !== "Vary" }],
  );
}

/** A star matches any text, such as the first part of a name: `https://*.example.com`. */
function originMatches(allowed: string, origin: string): boolean {
  if (!allowed.includes("*")) return allowed === origin;
  const [before = "", after = ""] = allowed.split("*");
  return origin.length > before.length + after.length && origin.startsWith(before) && origin.endsWith(after);
}

function methodsOf({ allowMethods }: CorsPolicy): string {
  return allowMethods.includes("ALL") ? "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT" : allowMethods.join(", ");
}

function listed(names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : names.join(", ");
}
