/** Which names are included: of query parameters, cookies or headers. Case does not matter in names of headers. */
export type Selection =
  | { readonly kind: "none" }
  | { readonly kind: "all" }
  | { readonly kind: "only"; readonly names: readonly string[] }
  | { readonly kind: "allExcept"; readonly names: readonly string[] };

/**
 * What `aws_cloudfront_cache_policy` says: which parts of a request are in the cache key, and how long objects are
 * cached.
 */
export interface CachePolicy {
  readonly name: string;
  readonly minTtlSeconds: number;
  /** For answers whose origin says nothing about caching. */
  readonly defaultTtlSeconds: number;
  /** When this and the others are 0, only errors are cached. */
  readonly maxTtlSeconds: number;
  readonly headers: Selection;
  readonly query: Selection;
  readonly cookies: Selection;
  /** Accept-Encoding, reduced to these encodings, is in the cache key; with none it is not. */
  readonly encodings: readonly ("br" | "gzip")[];
}

/** What `aws_cloudfront_origin_request_policy` says: what the origin gets besides the parts of the cache key. */
export interface OriginRequestPolicy {
  readonly name: string;
  readonly headers: Selection;
  /** Headers that the edge makes, such as `CloudFront-Viewer-Address`. */
  readonly madeHeaders?: readonly string[];
  readonly query: Selection;
  readonly cookies: Selection;
}

/** A header of an answer. With `override` it replaces the origin's value. */
export interface PolicyHeader {
  readonly name: string;
  readonly value: string;
  readonly override: boolean;
}

/** What `aws_cloudfront_response_headers_policy` says. */
export interface ResponseHeadersPolicy {
  readonly name: string;
  readonly headers: readonly PolicyHeader[];
  readonly remove: readonly string[];
  readonly cors?: CorsPolicy;
}

export interface CorsPolicy {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds?: number;
  readonly override: boolean;
}

/**
 * What `aws_cloudfront_function` says: JavaScript with a function `handler(event)`, which runs before the cache is
 * asked.
 */
export interface ViewerFunctionOptions {
  readonly name: string;
  readonly code: string;
}

export interface BehaviourOptions {
  /** `*` matches any text, `?` one character. Case matters. The default behaviour has `*`. */
  readonly pathPattern: string;
  readonly originId: string;
  readonly allowedMethods: readonly string[];
  readonly cachedMethods: readonly string[];
  readonly cachePolicyId: string;
  readonly originRequestPolicyId?: string;
  readonly responseHeadersPolicyId?: string;
  /** ARN of a viewer function. */
  readonly viewerRequestFunction?: string;
}

export type OriginOptions = {
  readonly id: string;
  /** Added before the path of each request. @default none */
  readonly path?: string;
  /** They replace headers of the same name that the viewer sent. */
  readonly customHeaders: readonly (readonly [name: string, value: string])[];
} & (
  | { readonly kind: "http"; readonly host: string; readonly port: number; readonly readTimeoutSeconds: number }
  /** `isSigned`: the distribution signs its requests (origin access control), so the bucket's policy can name it. */
  | { readonly kind: "bucket"; readonly bucket: string; readonly isSigned: boolean }
);

/** What `custom_error_response` says about one status. */
export interface ErrorResponseOptions {
  readonly status: number;
  /** @default 10, AWS's */
  readonly cachedSecondsMin?: number;
  readonly page?: { readonly path: string; readonly status: number };
}

/** What `aws_cloudfront_distribution` says. The id stays the same for the same name. */
export interface DistributionOptions {
  readonly name: string;
  readonly origins: readonly OriginOptions[];
  /** The first behaviour whose pattern matches is used. The last is the default, with the pattern `*`. */
  readonly behaviours: readonly BehaviourOptions[];
  readonly errorResponses: readonly ErrorResponseOptions[];
  /** The object for the path `/`, such as `index.html`. */
  readonly defaultRootObject?: string;
  readonly webAclArn?: string;
}

export interface DistributionDescription {
  readonly id: string;
  readonly arn: string;
  /** `127.0.0.1:<port>` */
  readonly domainName: string;
}

export interface EdgeService {
  createCachePolicy(policy: CachePolicy): { readonly id: string };
  createOriginRequestPolicy(policy: OriginRequestPolicy): { readonly id: string };
  createResponseHeadersPolicy(policy: ResponseHeadersPolicy): { readonly id: string };
  createFunction(options: ViewerFunctionOptions): { readonly arn: string };
  /**
   * Starts to listen. An existing distribution gets the new options and loses its cache, as when one of its policies
   * changes.
   */
  createDistribution(options: DistributionOptions): Promise<DistributionDescription>;
  deleteDistribution(id: string): Promise<void>;
  /** Stops listening, then waits for running requests (bounded). */
  stop(): Promise<void>;
}
