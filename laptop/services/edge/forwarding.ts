import { reducedEncoding } from "./accept-encoding.ts";
import type { CachePolicy, OriginRequestPolicy } from "./edge-service.ts";
import { madeHeaders } from "./made-headers.ts";
import { filtered, headerValue, hopByHop, overridden } from "./raw-headers.ts";
import { keptPairs, selectedNames, selects } from "./selection.ts";
import type { Viewer } from "./viewer.ts";

/** What of the distribution and its origin appears in the headers that the edge makes. */
interface EdgeIdentity {
  readonly host: string;
  readonly name: string;
  readonly id: string;
}

/** Forwarded whatever the policies say: without these the origin could not understand the body or the condition. */
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
/** The viewer's values are never forwarded: the edge makes its own, or sends none. */
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
/** Not sent to an origin that gets cookies. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html */
const conditions: ReadonlySet<string> = new Set(["if-modified-since", "if-none-match"]);
const none = { kind: "none" } as const;

/** What a behaviour's policies forward of a viewer's request. */
export class Forwarding {
  /** Whether the origin gets any cookies. */
  readonly forwardsCookies: boolean;
  readonly #isHeaderForwarded: (name: string) => boolean;
  readonly #isQueryForwarded: (name: string) => boolean;
  readonly #isCookieForwarded: (name: string) => boolean;
  readonly #encodings: CachePolicy["encodings"];
  readonly #madeNames: readonly string[];

  constructor(cache: CachePolicy, extra: OriginRequestPolicy | undefined) {
    const { headers = none, query = none, cookies = none, madeHeaders: extraMade = [] } = extra ?? {};
    const ignoreCase = { ignoreCase: true };
    this.#isHeaderForwarded = either(selects(cache.headers, ignoreCase), selects(headers, ignoreCase));
    this.#isQueryForwarded = either(selects(cache.query), selects(query));
    this.#isCookieForwarded = either(selects(cache.cookies), selects(cookies));
    this.#encodings = cache.encodings;
    this.#madeNames = [...selectedNames(cache.headers).toSorted(), ...extraMade.map((name) => name.toLowerCase())];
    this.forwardsCookies = [cache.cookies, cookies].some(({ kind }) => kind !== "none");
  }

  /** What goes on to the origin, before the origin's own headers. */
  originRequest(viewer: Viewer, edge: EdgeIdentity): { readonly path: string; readonly headers: string[] } {
    const query = keptPairs(viewer.query, "&", this.#isQueryForwarded);
    return {
      path: `${viewer.path}${query === "" ? "" : `?${query}`}`,
      headers: overridden(
        [...this.#ownHeaders(viewer, edge), ...filtered(viewer.headers, (name) => this.#passes(name))],
        madeHeaders(this.#madeNames, viewer),
      ),
    };
  }

  #passes(name: string): boolean {
    if (neverForwarded.has(name) || name.startsWith("x-edge-")) return false;
    if (this.forwardsCookies && conditions.has(name)) return false;
    return alwaysForwarded.has(name) || this.#isHeaderForwarded(name);
  }

  /** The headers of which the edge sends values of its own. */
  #ownHeaders(viewer: Viewer, edge: EdgeIdentity): string[] {
    const { headers } = viewer;
    const host = this.#isHeaderForwarded("host") ? headerValue(headers, "host") : undefined;
    const agent = this.#isHeaderForwarded("user-agent") ? headerValue(headers, "user-agent") : "Amazon CloudFront";
    const cookies = keptPairs(headerValue(headers, "cookie") ?? "", ";", this.#isCookieForwarded);
    const encoding = this.#acceptEncoding(viewer);
    const forwardedFor = headerValue(headers, "x-forwarded-for");
    const via = headerValue(headers, "via");
    return [
      ["Host", host ?? edge.host],
      agent === undefined ? [] : ["User-Agent", agent],
      cookies === "" ? [] : ["Cookie", cookies],
      encoding === undefined ? [] : ["Accept-Encoding", encoding],
      ["X-Forwarded-For", forwardedFor === undefined ? viewer.ip : `${forwardedFor}, ${viewer.ip}`],
      ["Via", `${via === undefined ? "" : `${via}, `}${viewer.httpVersion} ${edge.name} (CloudFront)`],
      ["X-Amz-Cf-Id", edge.id],
    ].flat();
  }

  #acceptEncoding({ headers }: Viewer): string | undefined {
    if (this.#encodings.length > 0) return reducedEncoding(headers, this.#encodings);
    return this.#isHeaderForwarded("accept-encoding") ? headerValue(headers, "accept-encoding") : undefined;
  }
}

function either(one: (name: string) => boolean, other: (name: string) => boolean): (name: string) => boolean {
  return (name) => one(name) || other(name);
}
