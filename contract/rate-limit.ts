/** The average number of requests per second, and the number that may come together after a pause. */
export interface Rate {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** The two limits of a route. */
export interface RateLimit {
  /**
   * The limit of one client for all routes of this name together. The functions count the requests in Redis. The
   * headers `RateLimit` and `RateLimit-Policy` report the limit, and OpenAPI publishes it as `x-rate-limit`.
   */
  readonly client: Rate;
  /** The limit of all clients together for one route of this name. API Gateway enforces it and publishes nothing. */
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
  /** A low limit, because each request runs a long query in PostgreSQL or calls many services. */
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
