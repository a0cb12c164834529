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
    // CloudFront caches a response only if the origin allows it, and no longer than the origin says.
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

/** Makes a policy that caches nothing. CloudFront then accepts no cache key. */
export const keepNothing = (scope: Construct, name: string) =>
  cachePolicy(scope, { id: "keep-nothing", name, secondsMax: 0, key: {} });

/**
 * Makes a policy that caches public responses by path and whole query. The token is part of the cache key: a request
 * never gets a response that was cached for another token, or for no token.
 */
export const keepPublicAnswers = (scope: Construct, name: string, secondsMax: number) =>
  cachePolicy(scope, { id: "keep-answers", name, secondsMax, key: { headers: ["Authorization"], query: "all" } });

/** Makes a policy that caches files, each encoding separately. The query is not in the key: only pages read it. */
export const keepFiles = (scope: Construct, name: string) =>
  cachePolicy(scope, { id: "keep-files", name, secondsMax: yearSeconds, key: { compressed: true } });

/**
 * Makes a policy that passes on everything except the Host header and cookies. API Gateway finds the API by the Host,
 * so it needs its own. With cookies, CloudFront would accept no `If-None-Match`. A policy of this kind cannot list the
 * Authorization header by name, but "everything" includes it.
 */
export function passAllButHost(scope: Construct, name: string): CloudfrontOriginRequestPolicy {
  return new CloudfrontOriginRequestPolicy(scope, "pass-all-but-host", {
    name: physicalName("edgePolicy", name, "pass-all-but-host"),
    headersConfig: { headerBehavior: "allExcept", headers: { items: ["Host"] } },
    cookiesConfig: { cookieBehavior: "none" },
    queryStringsConfig: { queryStringBehavior: "all" },
  });
}
