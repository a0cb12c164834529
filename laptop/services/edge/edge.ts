import { Distributions, type EdgeOptions } from "./distributions.ts";
import type { EdgeService } from "./edge-service.ts";
import { PolicyStore } from "./policy-store.ts";

/** CloudFront distributions, each on a port of its own. */
export function createEdge(options: EdgeOptions): EdgeService {
  const policies = new PolicyStore({ accountId: options.accountId, onReplaced: () => distributions.recompose() });
  const distributions = new Distributions(options, policies);
  return {
    createCachePolicy: (policy) => policies.putCachePolicy(policy),
    createOriginRequestPolicy: (policy) => policies.putOriginRequestPolicy(policy),
    createResponseHeadersPolicy: (policy) => policies.putResponseHeadersPolicy(policy),
    createFunction: (given) => policies.putFunction(given),
    createDistribution: (given) => distributions.put(given),
    deleteDistribution: (id) => distributions.delete(id),
    stop: () => distributions.stop(),
  };
}
