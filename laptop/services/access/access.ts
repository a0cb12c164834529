import type { ServiceContext } from "../context.ts";
import { type AccessProxy, type CheckedService, startAccessProxy } from "./access-proxy.ts";
import type { AwsCall } from "./aws-call.ts";
import { missingIntent } from "./missing-intent.ts";
import { type Identity, PolicyEvaluator } from "./policy-evaluator.ts";

/** An action that a policy allowed a role, as `<role>: <action>`. */
export type UsedGrant = `${string}: ${string}`;

export interface AccessOptions extends Pick<ServiceContext, "region" | "accountId" | "log"> {
  /** Addresses of the engines behind the proxies. */
  readonly upstreams: Readonly<Record<CheckedService, string>>;
  readonly identify: (accessKeyId: string) => Identity | undefined;
}

/** One proxy for each engine whose calls can be checked. */
export interface Access {
  /** What functions are given instead of the engines' own addresses. */
  readonly endpoints: Readonly<Record<CheckedService, string>>;
  /** @throws Error when the caller's policies do not allow each of `calls`, which AWS makes in the caller's name */
  demand(accessKeyId: string, calls: readonly AwsCall[]): Promise<void>;
  /** All grants that were used since the start. */
  usedGrants(): ReadonlySet<UsedGrant>;
  stop(): Promise<void>;
}

/** Checks each AWS call of a function against its role's policies. A denial is answered and logged in AWS's words. */
export async function startAccess(options: AccessOptions): Promise<Access> {
  const { upstreams, identify } = options;
  const evaluator = new PolicyEvaluator(options.accountId);
  const used = new Set<UsedGrant>();
  const onUse = ({ identity, call }: Use) => void used.add(`${identity.roleName}: ${call.action}`);
  const log = (line: string) => options.log({ source: "access", line });
  const proxies = await Promise.all(
    (Object.keys(upstreams) as CheckedService[]).map(async (service): Promise<[CheckedService, AccessProxy]> => {
      const upstream = upstreams[service];
      return [service, await startAccessProxy({ ...options, service, upstream, evaluator, onUse, log })];
    }),
  );
  return {
    endpoints: Object.fromEntries(proxies.map(([service, { endpoint }]) => [service, endpoint])) as Access["endpoints"],
    demand: async (accessKeyId, calls) => {
      const identity = identify(accessKeyId);
      if (!identity) throw new Error(`nobody has the access key ${accessKeyId}`);
      for (const call of calls) {
        const { allowed } = await evaluator.decide(identity, call);
        if (!allowed) throw new Error(`${call.action} on ${call.resource} is denied: ${missingIntent(identity, call)}`);
        onUse({ identity, call });
      }
    },
    usedGrants: () => used,
    stop: async () => void (await Promise.all(proxies.map(([, proxy]) => proxy.stop()))),
  };
}

interface Use {
  readonly identity: Identity;
  readonly call: AwsCall;
}
