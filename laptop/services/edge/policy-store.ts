import { stableUuid } from "../stable-id.ts";
import type { Behaviour } from "./behaviour.ts";
import type {
  BehaviourOptions,
  CachePolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  ViewerFunctionOptions,
} from "./edge-service.ts";
import {
  checkCachePolicy,
  checkOriginRequestPolicy,
  managedCachePolicies,
  managedOriginRequestPolicies,
  managedResponseHeadersPolicies,
} from "./policies.ts";
import { compileViewerFunction, type ViewerFunction } from "./viewer-function.ts";

interface Created {
  readonly id: string;
}

/** What behaviours refer to: policies by id, those that AWS manages included, and viewer functions by ARN. */
export class PolicyStore {
  readonly #cache = new Map(Object.entries(managedCachePolicies));
  readonly #originRequest = new Map(Object.entries(managedOriginRequestPolicies));
  readonly #responseHeaders = new Map(Object.entries(managedResponseHeadersPolicies));
  readonly #functions = new Map<string, ViewerFunction>();
  readonly #accountId: string;
  readonly #onReplaced: () => void;

  /** @param options.onReplaced is called when a policy or function, which distributions may use already, has changed */
  constructor(options: { readonly accountId: string; readonly onReplaced: () => void }) {
    this.#accountId = options.accountId;
    this.#onReplaced = options.onReplaced;
  }

  putCachePolicy(policy: CachePolicy): Created {
    return this.#put(this.#cache, stableUuid(`cache/${policy.name}`), checkCachePolicy(policy));
  }

  putOriginRequestPolicy(policy: OriginRequestPolicy): Created {
    const id = stableUuid(`origin-request/${policy.name}`);
    return this.#put(this.#originRequest, id, checkOriginRequestPolicy(policy));
  }

  putResponseHeadersPolicy(policy: ResponseHeadersPolicy): Created {
    return this.#put(this.#responseHeaders, stableUuid(`response-headers/${policy.name}`), policy);
  }

  putFunction(options: ViewerFunctionOptions): { readonly arn: string } {
    const arn = `arn:aws:cloudfront::${this.#accountId}:function/${options.name}`;
    this.#put(this.#functions, arn, compileViewerFunction(options));
    return { arn };
  }

  /** @throws Error naming a policy or function that does not exist */
  resolve(options: BehaviourOptions): Behaviour {
    const { cachePolicyId, originRequestPolicyId, responseHeadersPolicyId, viewerRequestFunction } = options;
    return {
      ...options,
      cachePolicy: required(this.#cache, cachePolicyId, "cache policy"),
      ...(originRequestPolicyId !== undefined && {
        originRequestPolicy: required(this.#originRequest, originRequestPolicyId, "origin request policy"),
      }),
      ...(responseHeadersPolicyId !== undefined && {
        responseHeadersPolicy: required(this.#responseHeaders, responseHeadersPolicyId, "response headers policy"),
      }),
      ...(viewerRequestFunction !== undefined && {
        viewerRequest: required(this.#functions, viewerRequestFunction, "function"),
      }),
    };
  }

  #put<Value>(values: Map<string, Value>, id: string, value: Value): Created {
    const isReplaced = values.has(id);
    values.set(id, value);
    if (isReplaced) this.#onReplaced();
    return { id };
  }
}

function required<Value>(values: ReadonlyMap<string, Value>, key: string, kind: string): Value {
  const found = values.get(key);
  if (found !== undefined) return found;
  throw new Error(`there is no ${kind} ${key}; known are ${[...values.keys()].join(", ")}`);
}
