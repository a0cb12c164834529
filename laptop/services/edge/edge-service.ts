/** Which of many names count: query parameters, cookies or headers. Header names are compared without case. */
export type Selection =
  | { readonly kind: "none" }
  | { readonly kind: "all" }
  | { readonly kind: "only"; readonly names: readonly string[] }
  | { readonly kind: "allExcept"; readonly names: readonly string[] };

/** What `aws_cloudfront_cache_policy` says: what tells objects apart, and how long they are kept. */
export interface CachePolicy {
  readonly name: string;
  readonly minTtlSeconds: number;
  /** Where the origin says nothing. */
  readonly defaultTtlSeconds: number;
  /** 0 with the others: nothing is cached, errors apart. */
  readonly maxTtlSeconds: number;
  readonly headers: Selection;
  readonly query: Selection;
  readonly cookies: Selection;
  /** Whether Accept-Encoding, reduced to these, tells objects apart. */
  readonly encodings: readonly ("br" | "gzip")[];
}

/** What `aws_cloudfront_origin_request_policy` says: what the origin gets beside what tells objects apart. */
export interface OriginRequestPolicy {
  readonly name: string;
  readonly headers: Selection;
  /** Headers that the edge makes, such as `CloudFront-Viewer-Address`. */
  readonly madeHeaders?: readonly string[];
  readonly query: Selection;
  readonly cookies: Selection;
}

/** A header of an answer; `override`: also where the origin gave one. */
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

/** What `aws_cloudfront_function` says: JavaScript with a function `handler(event)`, run before the cache is asked. */
export interface ViewerFunctionOptions {
  readonly name: string;
  readonly code: string;
}

export interface BehaviourOptions {
  /** `*` stands for any text, `?` for one sign; case counts. The default behaviour's is `*`. */
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
  /** Put before the path. @default none */
  readonly path?: string;
  /** They replace what the viewer sent under the same name. */
  readonly customHeaders: readonly (readonly [name: string, value: string])[];
} & (
  | { readonly kind: "http"; readonly host: string; readonly port: number; readonly readTimeoutSeconds: number }
  /** `isSigned`: the distribution asks in its own name, by an origin access control. */
  | { readonly kind: "bucket"; readonly bucket: string; readonly isSigned: boolean }
);

/** What `custom_error_response` says about one status of an origin. */
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
  /** The first whose pattern matches; the last is the default, whose pattern is `*`. */
  readonly behaviours: readonly BehaviourOptions[];
  readonly errorResponses: readonly ErrorResponseOptions[];
  /** The object that stands for `/`, such as `index.html`. */
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
  /** Begins to listen; one that is there takes the new options and forgets what it cached, as it does when a policy of its changes. */
  createDistribution(options: DistributionOptions): Promise<DistributionDescription>;
  deleteDistribution(id: string): Promise<void>;
  /** Stops listening, then waits for requests under way (bounded). */
  stop(): Promise<void>;
}
