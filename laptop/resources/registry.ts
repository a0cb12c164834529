import { z } from "zod";
import type { ScheduleOptions } from "../services/index.ts";

/** A role with all its policies. */
export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly assumeRolePolicy: string;
  /** Policies from separate resources. */
  readonly inlinePolicies: Map<string, string>;
  readonly managedPolicyArns: Set<string>;
  /** Policies from the arguments of the role itself. */
  readonly declared: {
    readonly inlinePolicies: ReadonlyMap<string, string>;
    readonly managedPolicyArns: readonly string[];
  };
}

/** A function. It signs its calls with its own access key. */
interface Caller {
  readonly functionName: string;
  readonly roleArn: string;
}

/** A rule with a schedule expression. */
interface ScheduledRule {
  readonly name: string;
  readonly expression: string;
  readonly enabled: boolean;
  /** By id. */
  readonly targets: Map<string, ScheduleOptions["target"]>;
}

/** The applied resources that other resources find by name or ARN. */
export interface Registry {
  readonly roles: Map<string, Role>;
  /** Managed policies: document by ARN. */
  readonly policies: Map<string, string>;
  /** Policies of resources (queues, buckets, secrets): document by ARN. */
  readonly resourcePolicies: Map<string, string>;
  readonly buckets: Set<string>;
  readonly tables: Set<string>;
  readonly originAccessControls: Set<string>;
  readonly rules: Map<string, ScheduledRule>;
  /** Databases of clusters and instances, by identifier. */
  readonly databases: Map<string, { readonly host: string; readonly port: number }>;
  /** Functions by access key id. */
  readonly callers: Map<string, Caller>;
  readonly roleByArn: (arn: string) => Role | undefined;
}

export function createRegistry(): Registry {
  const roles = new Map<string, Role>();
  return {
    roles,
    policies: new Map(),
    resourcePolicies: new Map(),
    buckets: new Set(),
    tables: new Set(),
    originAccessControls: new Set(),
    rules: new Map(),
    databases: new Map(),
    callers: new Map(),
    roleByArn: (arn) => [...roles.values()].find((role) => role.arn === arn),
  };
}

/** Returns the value. @throws Error that names it when it is undefined */
export function required<T>(found: T | undefined, what: string, key: string): T {
  if (found === undefined) throw new Error(`there is no ${what} ${key} on the laptop; create it before this`);
  return found;
}

const Document = z.looseObject({
  Statement: z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]),
});
const Allow = z.looseObject({
  Effect: z.literal("Allow"),
  Action: z.union([z.array(z.string()), z.string().transform((one) => [one])]),
});

/** Returns each action that a policy of a function's role allows, as `<role>: <action>`. */
export function grantsOf(registry: Registry): readonly string[] {
  return [...registry.callers.keys()].flatMap((accessKeyId) => {
    const identity = identityOf(registry, accessKeyId);
    const statements = identity?.policies.flatMap(({ document }) => Document.parse(document).Statement) ?? [];
    const actions = statements.flatMap((statement) => Allow.safeParse(statement).data?.Action ?? []);
    return actions.map((action) => `${identity?.roleName}: ${action}`);
  });
}

/** Returns the caller that signs with this access key, with all policies of its role. */
export function identityOf({ callers, roleByArn, policies }: Registry, accessKeyId: string) {
  const caller = callers.get(accessKeyId);
  const role = caller && roleByArn(caller.roleArn);
  if (!role) return undefined;
  const { declared } = role;
  const inline = [...declared.inlinePolicies, ...role.inlinePolicies].map(([name, document]) => ({ name, document }));
  const managedArns = new Set([...declared.managedPolicyArns, ...role.managedPolicyArns]);
  const managed = [...managedArns].map((name) => ({ name, document: policies.get(name) ?? "{}" }));
  return {
    roleName: role.name,
    sessionName: caller.functionName,
    policies: [...inline, ...managed].map(({ name, document }) => ({ name, document: JSON.parse(document) as object })),
  };
}
