import { CloudfrontCachePolicy } from "@cdktf/provider-aws/lib/cloudfront-cache-policy/index.js";
import { CloudfrontOriginRequestPolicy } from "@cdktf/provider-aws/lib/cloudfront-origin-request-policy/index.js";
import type { Construct } from "constructs";
import { physicalName } from "../naming.ts";

const yearSeconds = 31_536_000;

interface CacheKey {
  readonly headers?: readonly string[];
  readonly query?: "all";
  readonly compressed?: boolean;
}

function cachePolicy(
  scope: Construct,
  props: { readonly id: string; readonly name: string; readonly secondsMax: number; readonly key: CacheKey },
): CloudfrontCachePolicy {
  const { headers = [], query = "none", compressed = false } = props.key;
  return new CloudfrontCachePolicy(scope, props.id, {
    name: physicalName("edgePolicy", props.name, props.id),
    // Only what its origin says may be kept is kept, and for no longer.
    minTtl: 0,
    defaultTtl: 0,
    maxTtl: props.secondsMax,
    parametersInCacheKeyAndForwardedToOrigin: {
      cookiesConfig: { cookieBehavior: "none" },
      headersConfig:
        headers.length > 0
          ? { headerBehavior: "whitelist", headers: { items: [...headers] } }
          : { headerBehavior: "none" },
      queryStringsConfig: { queryStringBehavior: query },
      enableAcceptEncodingBrotli: compressed,
      enableAcceptEncodingGzip: compressed,
    },
  });
}

/** Nothing is kept. CloudFront takes no cache key then. */
export const keepNothing = (scope: Construct, name: string) =>
  cachePolicy(scope, { id: "keep-nothing", name, secondsMax: 0, key: {} });

/**
 * Answers that anybody may see, by path and whole query. The token belongs to the key: an answer to one is never given
 * for another, or to nobody.
 */
export const keepPublicAnswers = (scope: Construct, name: string, secondsMax: number) =>
  cachePolicy(scope, { id: "keep-answers", name, secondsMax, key: { headers: ["Authorization"], query: "all" } });

/** Files, in each encoding. What stands in an address behind `?` is the page's own. */
export const keepFiles = (scope: Construct, name: string) =>
  cachePolicy(scope, { id: "keep-files", name, secondsMax: yearSeconds, key: { compressed: true } });

/**
 * Passes on everything but the Host, which tells API Gateway the API, and cookies, with which CloudFront would take no
 * `If-None-Match`. Authorization may be named by no policy of this kind, yet it is among "everything".
 */
export function passAllButHost(scope: Construct, name: string): CloudfrontOriginRequestPolicy {
  return new CloudfrontOriginRequestPolicy(scope, "pass-all-but-host", {
    name: physicalName("edgePolicy", name, "pass-all-but-host"),
    headersConfig: { headerBehavior: "allExcept", headers: { items: ["Host"] } },
    cookiesConfig: { cookieBehavior: "none" },
    queryStringsConfig: { queryStringBehavior: "all" },
  });
}
