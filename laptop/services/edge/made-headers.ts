import type { Viewer } from "./viewer.ts";

/** Headers that CloudFront makes and this edge can make too. It does not know where a viewer is, or on what device. */
const makers = {
  "cloudfront-viewer-address": ({ ip, port }) => ["CloudFront-Viewer-Address", `${ip}:${port}`],
  "cloudfront-forwarded-proto": () => ["CloudFront-Forwarded-Proto", "http"],
  "cloudfront-viewer-http-version": ({ httpVersion }) => ["CloudFront-Viewer-Http-Version", httpVersion],
} as const satisfies Record<string, (viewer: Viewer) => readonly [name: string, value: string]>;

export function isMakeable(lowerName: string): lowerName is keyof typeof makers {
  return Object.hasOwn(makers, lowerName);
}

/** The headers of these lower-case names that the edge makes; it skips names of other headers. */
export function madeHeaders(lowerNames: readonly string[], viewer: Viewer): (readonly [string, string])[] {
  return lowerNames.filter(isMakeable).map((name) => makers[name](viewer));
}
