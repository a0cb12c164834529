import { createCacheKey } from "./cache-key.ts";
import type { BehaviourOptions, CachePolicy, OriginRequestPolicy, ResponseHeadersPolicy } from "./edge-service.ts";
import { Forwarding } from "./forwarding.ts";
import type { ViewerFunction } from "./viewer-function.ts";

/** A cache behaviour with its policies in place. */
export interface Behaviour extends BehaviourOptions {
  readonly cachePolicy: CachePolicy;
  readonly originRequestPolicy?: OriginRequestPolicy;
  readonly responseHeadersPolicy?: ResponseHeadersPolicy;
  readonly viewerRequest?: ViewerFunction;
}

export type CompiledBehaviour = ReturnType<typeof compileBehaviour>;

/** Prepares a behaviour for what each request asks of it. */
export function compileBehaviour(behaviour: Behaviour) {
  const { cachePolicy, cachedMethods } = behaviour;
  const pattern = patternOf(behaviour.pathPattern);
  return {
    ...behaviour,
    matches: (path: string): boolean => pattern.test(path),
    allowedMethods: new Set(behaviour.allowedMethods),
    cachesMethod: (method: string): boolean =>
      method === "GET" || method === "HEAD" || (method === "OPTIONS" && cachedMethods.includes(method)),
    /** Whether answers other than errors are ever cached. */
    caches: cachePolicy.maxTtlSeconds > 0,
    cacheKey: createCacheKey(cachePolicy),
    forwarding: new Forwarding(cachePolicy, behaviour.originRequestPolicy),
  };
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesPathPattern.html */
function patternOf(pathPattern: string): RegExp {
  const pattern = pathPattern === "*" || pathPattern.startsWith("/") ? pathPattern : `/${pathPattern}`;
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s");
}
