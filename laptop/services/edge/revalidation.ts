import type { CachedObject } from "./object-cache.ts";
import type { OriginRequest } from "./origin.ts";
import { filtered, headerValue, overridden, type RawHeaders } from "./raw-headers.ts";
import type { Viewer } from "./viewer.ts";

const conditionNames: ReadonlySet<string> = new Set([
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
]);

/** The conditions under which the origin may answer 304 for an object with these headers. */
export function conditionsFor(headers: RawHeaders): (readonly [name: string, value: string])[] {
  const etag = headerValue(headers, "etag");
  const modified = headerValue(headers, "last-modified");
  const conditions: (readonly [string, string])[] = [];
  if (etag !== undefined) conditions.push(["If-None-Match", etag]);
  if (modified !== undefined) conditions.push(["If-Modified-Since", modified]);
  return conditions;
}

/** The request with the cache's conditions instead of the viewer's, which are judged by the answer. */
export function withConditions(
  request: OriginRequest,
  conditions: readonly (readonly [string, string])[],
): OriginRequest {
  const plain = filtered(request.headers, (name) => !conditionNames.has(name));
  return { ...request, headers: [...plain, ...conditions.flat()] };
}

/** The object with the headers that a 304 brought. */
export function refreshed(stale: CachedObject, headers: RawHeaders): CachedObject {
  const newer: (readonly [string, string])[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? "";
    if (!/^(content-|transfer-|connection|keep-alive)/i.test(name)) newer.push([name, headers[index + 1] ?? ""]);
  }
  return { ...stale, headers: overridden(stale.headers, newer) };
}

/** Whether the viewer already has this object, by the conditions that it sent. */
export function isNotModified(object: CachedObject, { method, headers }: Viewer): boolean {
  if (object.status !== 200 || (method !== "GET" && method !== "HEAD")) return false;
  const wanted = headerValue(headers, "if-none-match");
  if (wanted !== undefined) {
    const etag = headerValue(object.headers, "etag");
    return etag !== undefined && wanted.split(",").some((one) => one.trim() === "*" || weak(one) === weak(etag));
  }
  const since = Date.parse(headerValue(headers, "if-modified-since") ?? "");
  return Date.parse(headerValue(object.headers, "last-modified") ?? "") <= since;
}

/** An entity tag without its mark of weakness. */
function weak(etag: string): string {
  return etag.trim().replace(/^W\//, "");
}
