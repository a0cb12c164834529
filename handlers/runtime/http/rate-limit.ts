import type { Refusal } from "../../../contract/problem.ts";
import type { RouteClass } from "../../../contract/route.ts";
import type { RateVerdict } from "../cache/rate-limiter.ts";

/** https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10: q and w of the policy, r and t of now. */
export const rateHeaders = (routeClass: RouteClass, verdict: RateVerdict) => ({
  "RateLimit-Policy": `"${routeClass}";q=${verdict.quota};w=${verdict.windowSeconds}`,
  RateLimit: `"${routeClass}";r=${verdict.remaining};t=${verdict.resetSeconds}`,
  ...(!verdict.allowed && { "Retry-After": String(verdict.retryAfterSeconds) }),
});

export const rateRefusal = (routeClass: RouteClass, verdict: RateVerdict): Refusal<"rate_limited"> => ({
  code: "rate_limited",
  detail: `This client sends more ${routeClass} requests than it may: come again in ${verdict.retryAfterSeconds} s.`,
});
