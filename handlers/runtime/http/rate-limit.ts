import type { RateLimitName } from "../../../contract/rate-limit.ts";
import type { RateVerdict } from "../cache/rate-limiter.ts";

/**
 * Returns the rate limit headers of https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10. The
 * policy has quota `q` and window `w`; the current state has remaining requests `r` and seconds to the reset `t`.
 */
export const rateHeaders = (limit: RateLimitName, verdict: RateVerdict) => ({
  "RateLimit-Policy": `"${limit}";q=${verdict.quota};w=${verdict.windowSeconds}`,
  RateLimit: `"${limit}";r=${verdict.remaining};t=${verdict.resetSeconds}`,
  ...(!verdict.allowed && { "Retry-After": String(verdict.retryAfterSeconds) }),
});
