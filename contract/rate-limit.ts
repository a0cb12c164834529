/** Requests per second in the long run, and how many of them may come at once after a pause. */
export interface Rate {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** The two limits of a route. */
export interface RateLimit {
  /**
   * What one client may send to all routes of this name together. The functions count it in Redis, `RateLimit` and
   * `RateLimit-Policy` headers tell it, and OpenAPI publishes it as `x-rate-limit`.
   */
  readonly client: Rate;
  /** What all clients together may send to one route of this name. API Gateway throttles it and publishes nothing. */
  readonly gateway: Rate;
}

/** Every rate limit. A route names one of these; clients see the name in headers and OpenAPI. */
export const rateLimits = {
  read: {
    client: { ratePerSecond: 2_000, burst: 4_000 },
    gateway: { ratePerSecond: 2_000, burst: 4_000 },
  },
  command: {
    client: { ratePerSecond: 1_000, burst: 2_000 },
    gateway: { ratePerSecond: 1_000, burst: 2_000 },
  },
  /** Few, as each one is a long query of Postgres or asks many services. */
  report: {
    client: { ratePerSecond: 20, burst: 40 },
    gateway: { ratePerSecond: 20, burst: 40 },
  },
  /** One client needs few; all clients together connect as often as they read. */
  ticket: {
    client: { ratePerSecond: 10, burst: 20 },
    gateway: { ratePerSecond: 2_000, burst: 4_000 },
  },
} as const satisfies Readonly<Record<string, RateLimit>>;

/** The name of a rate limit. */
export type RateLimitName = keyof typeof rateLimits;
