import type { CachePolicy, OriginRequestPolicy, ResponseHeadersPolicy, Selection } from "./edge-service.ts";
import { isMakeable } from "./made-headers.ts";
import { selectedNames } from "./selection.ts";

const none: Selection = { kind: "none" };
const all: Selection = { kind: "all" };

const cachePolicy = (name: string, more: Partial<CachePolicy> = {}): CachePolicy => ({
  name,
  minTtlSeconds: 0,
  defaultTtlSeconds: 0,
  maxTtlSeconds: 0,
  headers: none,
  query: none,
  cookies: none,
  encodings: [],
  ...more,
});
const optimized = { minTtlSeconds: 1, defaultTtlSeconds: 86_400, maxTtlSeconds: 31_536_000 } as const;
const aYear = 31_536_000;

/** AWS's managed policies, by id. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
export const managedCachePolicies: Readonly<Record<string, CachePolicy>> = {
  "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": cachePolicy("Managed-CachingDisabled"),
  "658327ea-f89d-4fab-a63d-7e88639e58f6": cachePolicy("Managed-CachingOptimized", {
    ...optimized,
    encodings: ["br", "gzip"],
  }),
  "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": cachePolicy("Managed-CachingOptimizedForUncompressedObjects", optimized),
};

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html */
export const managedOriginRequestPolicies: Readonly<Record<string, OriginRequestPolicy>> = {
  "216adef6-5c7f-47e4-b989-5492eafa07d3": { name: "Managed-AllViewer", headers: all, query: all, cookies: all },
  "b689b0a8-53d0-40ab-baf2-68738e2966ac": {
    name: "Managed-AllViewerExceptHostHeader",
    headers: { kind: "allExcept", names: ["host"] },
    query: all,
    cookies: all,
  },
  "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": {
    name: "Managed-CORS-S3Origin",
    headers: {
      kind: "only",
      names: ["origin", "access-control-request-headers", "access-control-request-method"],
    },
    query: none,
    cookies: none,
  },
};

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html */
export const managedResponseHeadersPolicies: Readonly<Record<string, ResponseHeadersPolicy>> = {
  "67f7725c-6f97-4210-82d7-5512b31e9d03": {
    name: "Managed-SecurityHeadersPolicy",
    headers: [
      { name: "Referrer-Policy", value: "strict-origin-when-cross-origin", override: false },
      { name: "Strict-Transport-Security", value: `max-age=${aYear}`, override: false },
      { name: "X-Content-Type-Options", value: "nosniff", override: true },
      { name: "X-Frame-Options", value: "SAMEORIGIN", override: false },
      { name: "X-XSS-Protection", value: "1; mode=block", override: false },
    ],
    remove: [],
  },
};

/** @throws Error for a policy that CloudFront refuses, or that names a header which cannot be made here */
export function checkCachePolicy(policy: CachePolicy): CachePolicy {
  const { name, minTtlSeconds, defaultTtlSeconds, maxTtlSeconds, headers, query, cookies, encodings } = policy;
  if (minTtlSeconds > defaultTtlSeconds || defaultTtlSeconds > maxTtlSeconds) {
    throw new Error(`the cache policy ${name} must have min_ttl <= default_ttl <= max_ttl`);
  }
  const isKeyed = [headers, query, cookies].some(({ kind }) => kind !== "none") || encodings.length > 0;
  if (maxTtlSeconds === 0 && isKeyed) {
    throw new Error(`the cache policy ${name} caches nothing (max_ttl 0), so CloudFront lets it select nothing either`);
  }
  if (headers.kind === "only") checkMade(name, headers.names);
  return policy;
}

/** @throws Error for a policy that CloudFront refuses, or that names a header which cannot be made here */
export function checkOriginRequestPolicy(policy: OriginRequestPolicy): OriginRequestPolicy {
  const { name, headers, madeHeaders = [] } = policy;
  const names = selectedNames(headers);
  for (const header of ["authorization", "accept-encoding"]) {
    if (!names.includes(header)) continue;
    throw new Error(
      `the origin request policy ${name} names ${header}, which CloudFront refuses there: name it in the cache policy, or forward all headers`,
    );
  }
  checkMade(name, [...names, ...madeHeaders]);
  return { ...policy, madeHeaders: [...madeHeaders, ...names.filter(isMakeable)] };
}

function checkMade(policy: string, names: readonly string[]): void {
  const unknown = names.filter((name) => /^cloudfront-/i.test(name) && !isMakeable(name.toLowerCase()));
  if (unknown.length === 0) return;
  throw new Error(`the policy ${policy} asks for ${unknown.join(", ")}, which cannot be known on the laptop`);
}
