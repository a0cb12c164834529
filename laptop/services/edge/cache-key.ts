import { reducedEncoding } from "./accept-encoding.ts";
import type { CachePolicy } from "./edge-service.ts";
import { headerValue } from "./raw-headers.ts";
import { keptPairs, selectedNames, selects } from "./selection.ts";
import type { Viewer } from "./viewer.ts";

/** Requests with the same key get the same object from the cache. */
export function createCacheKey(policy: CachePolicy): (viewer: Viewer) => string {
  const headerNames = selectedNames(policy.headers).toSorted();
  const isQueryInKey = selects(policy.query);
  const isCookieInKey = selects(policy.cookies);
  return ({ method, path, query, headers }) => {
    const parts = [method === "OPTIONS" ? method : "GET", path, keptPairs(query, "&", isQueryInKey)];
    for (const name of headerNames) parts.push(`${name}:${headerValue(headers, name) ?? ""}`);
    if (policy.cookies.kind !== "none") {
      parts.push(keptPairs(headerValue(headers, "cookie") ?? "", ";", isCookieInKey));
    }
    if (policy.encodings.length > 0) parts.push(reducedEncoding(headers, policy.encodings) ?? "identity");
    return parts.join("\n");
  };
}
