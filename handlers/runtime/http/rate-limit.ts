import type { RateLimitName } from "../../../contract/rate-limit.ts";
import type { RateVerdict } from "../cache/rate-limiter.ts";

/** https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10: q and w of the policy, r and t of now. */
export const rateHeaders = (limit: RateLimitName, verdict: RateVerdict) => ({
  "RateLimit-Policy": `"${limit}";q=${verdict.quota};w=${verdict.windowSeconds}`,
  RateLimit: `"${limit}";r=${verdict.remaining};t=${verdict.resetSeconds}`,
  ...(!verdict.allowed && { "Retry-After": String(verdict.retryAfterSeconds) }),
});
