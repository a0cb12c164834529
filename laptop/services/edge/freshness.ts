import type { CachePolicy } from "./edge-service.ts";
import { headerValue, type RawHeaders } from "./raw-headers.ts";

type Ttls = Pick<CachePolicy, "minTtlSeconds" | "defaultTtlSeconds" | "maxTtlSeconds">;
type Directives = ReadonlyMap<string, string>;

/** Errors that are cached whatever the origin says. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html */
const alwaysCachedErrors: ReadonlySet<number> = new Set([404, 405, 414, 500, 501, 502, 503, 504]);
/** Errors that are cached only when the origin gives them an age. */
const errorsCachedByAge: ReadonlySet<number> = new Set([400, 403, 412, 415]);
const errorSecondsDefault = 10;

/**
 * How long the cache may answer with an object; undefined when the object may not be cached. 0: it is cached, but the
 * origin must confirm it each time. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
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

/** How long an error is cached. The TTLs of the cache policy do not apply to errors. */
export function errorTtlSeconds(status: number, headers: RawHeaders, secondsMin = errorSecondsDefault): number {
  const given = ageGiven(directivesOf(headers));
  if (alwaysCachedErrors.has(status)) return Math.max(secondsMin, given ?? 0);
  return errorsCachedByAge.has(status) && given !== undefined ? Math.max(secondsMin, given) : 0;
}

/** How long an expired object may still be used while its origin fails. */
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

/** 0 for a text that is no date, as for a date in the past. */
function expirySeconds(headers: RawHeaders, nowMs: number): number | undefined {
  const expires = headerValue(headers, "expires");
  if (expires === undefined) return undefined;
  const at = Date.parse(expires);
  return Number.isNaN(at) ? 0 : Math.max(0, Math.floor((at - nowMs) / 1_000));
}
