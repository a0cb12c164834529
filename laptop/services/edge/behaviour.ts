import type { BehaviourOptions, CachePolicy, OriginRequestPolicy, ResponseHeadersPolicy } from "./edge-service.ts";
import { filtered, headerValue, hopByHop, overridden, type RawHeaders } from "./raw-headers.ts";
import { keptPairs, selects } from "./selection.ts";
import type { Viewer } from "./viewer.ts";
import type { ViewerFunction } from "./viewer-function.ts";

/** A cache behaviour with its policies in place. */
export interface Behaviour extends BehaviourOptions {
  readonly cachePolicy: CachePolicy;
  readonly originRequestPolicy?: OriginRequestPolicy;
  readonly responseHeadersPolicy?: ResponseHeadersPolicy;
  readonly viewerRequest?: ViewerFunction;
}

export type CompiledBehaviour = ReturnType<typeof compileBehaviour>;

/** Go on whatever the policies say; the origin could not understand the body or the condition without. */
const alwaysForwarded: ReadonlySet<string> = new Set([
  "cache-control",
  "content-length",
  "content-md5",
  "content-type",
  "date",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "max-forwards",
  "pragma",
  "range",
]);
/** Of these the edge makes its own, or none. */
const neverForwarded: ReadonlySet<string> = new Set([
  ...hopByHop,
  "cookie",
  "accept-encoding",
  "expect",
  "host",
  "user-agent",
  "via",
  "x-amz-cf-id",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-real-ip",
]);

/** An origin that is sent cookies is sent no condition. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html */
const conditions: ReadonlySet<string> = new Set(["if-modified-since", "if-none-match"]);

/** Turns options into what is asked of each request. */
export function compileBehaviour(behaviour: Behaviour) {
  const { cachePolicy, originRequestPolicy } = behaviour;
  const pattern = patternOf(behaviour.pathPattern);
  const keyHeader = selects(cachePolicy.headers, { ignoreCase: true });
  const keyHeaders = cachePolicy.headers.kind === "only" ? cachePolicy.headers.names.map(lower).toSorted() : [];
  const keyQuery = selects(cachePolicy.query);
  const keyCookie = selects(cachePolicy.cookies);
  const none = { kind: "none" } as const;
  const extraHeader = selects(originRequestPolicy?.headers ?? none, { ignoreCase: true });
  const extraQuery = selects(originRequestPolicy?.query ?? none);
  const extraCookie = selects(originRequestPolicy?.cookies ?? none);
  const made = [...keyHeaders, ...(originRequestPolicy?.madeHeaders ?? []).map(lower)];
  const forwardsHeader = (name: string) => keyHeader(name) || extraHeader(name);
  const forwardsQuery = (name: string) => keyQuery(name) || extraQuery(name);
  const forwardsCookie = (name: string) => keyCookie(name) || extraCookie(name);

  const forwardsCookies = [cachePolicy.cookies, originRequestPolicy?.cookies ?? none].some(
    ({ kind }) => kind !== "none",
  );

  function acceptEncoding(headers: RawHeaders): string | undefined {
    const accepted = headerValue(headers, "accept-encoding");
    if (accepted === undefined) return undefined;
    if (cachePolicy.encodings.length === 0) return forwardsHeader("accept-encoding") ? accepted : undefined;
    const names = new Set(accepted.split(",").map((part) => part.split(";")[0]?.trim().toLowerCase() ?? ""));
    const common = cachePolicy.encodings.filter((encoding) => names.has(encoding));
    return common.length > 0 ? common.join(",") : "identity";
  }

  return {
    ...behaviour,
    matches: (path: string): boolean => pattern.test(path),
    allowedMethods: new Set(behaviour.allowedMethods),
    cachesMethod: (method: string): boolean =>
      method === "GET" || method === "HEAD" || (method === "OPTIONS" && behaviour.cachedMethods.includes(method)),
    /** Whether answers other than errors are ever kept. */
    caches: cachePolicy.maxTtlSeconds > 0,
    forwardsCookies,

    cacheKey: ({ method, path, query, headers }: Viewer): string => {
      const parts = [method === "OPTIONS" ? method : "GET", path, keptPairs(query, "&", keyQuery)];
      for (const name of keyHeaders) parts.push(`${name}:${headerValue(headers, name) ?? ""}`);
      if (cachePolicy.cookies.kind !== "none") {
        parts.push(keptPairs(headerValue(headers, "cookie") ?? "", ";", keyCookie));
      }
      if (cachePolicy.encodings.length > 0) parts.push(acceptEncoding(headers) ?? "identity");
      return parts.join("\n");
    },

    /** What goes on to the origin, before the origin's own headers. */
    originRequest: (viewer: Viewer, edge: { readonly host: string; readonly name: string; readonly id: string }) => {
      const { headers } = viewer;
      const kept = filtered(headers, (name) => {
        if (neverForwarded.has(name) || name.startsWith("x-edge-")) return false;
        if (forwardsCookies && conditions.has(name)) return false;
        return alwaysForwarded.has(name) || forwardsHeader(name);
      });
      const query = keptPairs(viewer.query, "&", forwardsQuery);
      const cookies = keptPairs(headerValue(headers, "cookie") ?? "", ";", forwardsCookie);
      const encoding = acceptEncoding(headers);
      const agent = forwardsHeader("user-agent") ? headerValue(headers, "user-agent") : "Amazon CloudFront";
      const via = headerValue(headers, "via");
      const passed = headerValue(headers, "x-forwarded-for");
      const own: (readonly [string, string] | undefined)[] = [
        ["Host", forwardsHeader("host") ? (headerValue(headers, "host") ?? edge.host) : edge.host],
        agent === undefined ? undefined : ["User-Agent", agent],
        cookies === "" ? undefined : ["Cookie", cookies],
        encoding === undefined ? undefined : ["Accept-Encoding", encoding],
        ["X-Forwarded-For", passed === undefined ? viewer.ip : `${passed}, ${viewer.ip}`],
        ["Via", `${via === undefined ? "" : `${via}, `}${viewer.httpVersion} ${edge.name} (CloudFront)`],
        ["X-Amz-Cf-Id", edge.id],
      ];
      const all = [...own.flatMap((header) => header ?? []), ...kept];
      return {
        path: `${viewer.path}${query === "" ? "" : `?${query}`}`,
        headers: overridden(all, madeHeaders(made, viewer)),
      };
    },
  };
}

function lower(name: string): string {
  return name.toLowerCase();
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesPathPattern.html */
function patternOf(pathPattern: string): RegExp {
  const pattern = pathPattern === "*" || pathPattern.startsWith("/") ? pathPattern : `/${pathPattern}`;
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s");
}

/** Headers that the edge can make here; `policies.ts` refuses the others. */
function madeHeaders(names: readonly string[], viewer: Viewer): (readonly [string, string])[] {
  return names.flatMap((name): (readonly [string, string])[] => {
    if (name === "cloudfront-viewer-address") return [["CloudFront-Viewer-Address", `${viewer.ip}:${viewer.port}`]];
    if (name === "cloudfront-forwarded-proto") return [["CloudFront-Forwarded-Proto", "http"]];
    if (name === "cloudfront-viewer-http-version") return [["CloudFront-Viewer-Http-Version", viewer.httpVersion]];
    return [];
  });
}
