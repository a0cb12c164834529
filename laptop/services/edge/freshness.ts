import type { CachePolicy } from "./edge-service.ts";
import { headerValue, type RawHeaders } from "./raw-headers.ts";

type Ttls = Pick<CachePolicy, "minTtlSeconds" | "defaultTtlSeconds" | "maxTtlSeconds">;
type Directives = ReadonlyMap<string, string>;

/** Statuses that are cached whatever the origin says of them. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html */
const alwaysCachedErrors: ReadonlySet<number> = new Set([404, 405, 414, 500, 501, 502, 503, 504]);
/** Cached only where the origin gives them an age. */
const errorsCachedByAge: ReadonlySet<number> = new Set([400, 403, 412, 415]);
const errorSecondsDefault = 10;

/**
 * How long an object may be answered from the cache, undefined when it may not be kept. 0: kept, but confirmed at the
 * origin each time. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
 */
export function objectTtlSeconds(headers: RawHeaders, ttls: Ttls, nowMs: number): number | undefined {
  const { minTtlSeconds: min, defaultTtlSeconds: byDefault, maxTtlSeconds: max } = ttls;
  if (max === 0) return undefined;
  const directives = directivesOf(headers);
  const isRefused = directives.has("no-store") || directives.has("private") || headerValue(headers, "vary") === "*";
  if (isRefused || directives.has("no-cache")) {
    if (min > 0) return min;
    return isRefused ? undefined : 0;
  }
  const given = ageGiven(directives) ?? expirySeconds(headers, nowMs);
  return given === undefined ? Math.max(min, byDefault) : Math.min(Math.max(given, min), max);
}

/** The same for errors, which the TTLs of the policy do not concern. */
export function errorTtlSeconds(status: number, headers: RawHeaders, secondsMin = errorSecondsDefault): number {
  const given = ageGiven(directivesOf(headers));
  if (alwaysCachedErrors.has(status)) return Math.max(secondsMin, given ?? 0);
  return errorsCachedByAge.has(status) && given !== undefined ? Math.max(secondsMin, given) : 0;
}

/** How long after its end an object may still answer for an origin that fails. */
export function staleIfErrorSeconds(headers: RawHeaders): number {
  return seconds(directivesOf(headers).get("stale-if-error")) ?? Number.POSITIVE_INFINITY;
}

function directivesOf(headers: RawHeaders): Directives {
  const text = headerValue(headers, "cache-control") ?? "";
  return new Map(
    text.split(",").map((part): [string, string] => {
      const [name = "", value = ""] = part.split("=");
      return [name.trim().toLowerCase(), value.trim().replaceAll('"', "")];
    }),
  );
}

function ageGiven(directives: Directives): number | undefined {
  return seconds(directives.get("s-maxage")) ?? seconds(directives.get("max-age"));
}

function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** A date that is none has passed. */
function expirySeconds(headers: RawHeaders, nowMs: number): number | undefined {
  const expires = headerValue(headers, "expires");
  if (expires === undefined) return undefined;
  const at = Date.parse(expires);
  return Number.isNaN(at) ? 0 : Math.max(0, Math.floor((at - nowMs) / 1_000));
}
