import type { ServiceContext } from "../context.ts";
import { type AccessProxy, type CheckedService, startAccessProxy } from "./access-proxy.ts";
import type { AwsCall } from "./aws-call.ts";
import { missingIntent } from "./missing-intent.ts";
import { type Identity, PolicyEvaluator } from "./policy-evaluator.ts";

/** One action that some policy statement allowed, as `<role>: <action>`. */
export type UsedGrant = `${string}: ${string}`;

export interface AccessOptions extends Pick<ServiceContext, "region" | "accountId" | "log"> {
  /** Addresses of the engines to stand before. */
  readonly upstreams: Readonly<Record<CheckedService, string>>;
  readonly identify: (accessKeyId: string) => Identity | undefined;
}

/** Proxies before all engines whose calls can be checked. */
export interface Access {
  /** What functions are given instead of the engines' own addresses. */
  readonly endpoints: Readonly<Record<CheckedService, string>>;
  /** @throws when the policies of the caller do not allow all of `calls`, which AWS makes in the caller's name */
  demand(accessKeyId: string, calls: readonly AwsCall[]): Promise<void>;
  /** Every grant that was used since the start. */
  usedGrants(): ReadonlySet<UsedGrant>;
  stop(): Promise<void>;
}

/** Checks each AWS call of a function against its role's policies; a denial is answered and logged as AWS words it. */
export async function startAccess({ region, accountId, upstreams, identify, log }: AccessOptions): Promise<Access> {
  const evaluator = new PolicyEvaluator(accountId);
  const used = new Set<UsedGrant>();
  const services = Object.keys(upstreams) as CheckedService[];
  const proxies = await Promise.all(
    services.map(
      async (service): Promise<[CheckedService, AccessProxy]> => [
        service,
        await startAccessProxy({
          region,
          accountId,
          service,
          upstream: upstreams[service],
          evaluator,
          identify,
          onUse: ({ identity, call }) => used.add(`${identity.roleName}: ${call.action}`),
          log: (line) => log({ source: "access", line }),
        }),
      ],
    ),
  );
  return {
    endpoints: Object.fromEntries(proxies.map(([service, { endpoint }]) => [service, endpoint])) as Access["endpoints"],
    demand: async (accessKeyId, calls) => {
      const identity = identify(accessKeyId);
      if (!identity) throw new Error(`nobody has the access key ${accessKeyId}`);
      for (const call of calls) {
        const { allowed } = await evaluator.decide(identity, call);
        if (!allowed) throw new Error(`${call.action} on ${call.resource} is denied: ${missingIntent(identity, call)}`);
        used.add(`${identity.roleName}: ${call.action}`);
      }
    },
    usedGrants: () => used,
    stop: async () => void (await Promise.all(proxies.map(([, proxy]) => proxy.stop()))),
  };
}
