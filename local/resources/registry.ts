/** A role with everything that says what its bearer may do. Kept as documents: nothing enforces them yet. */
export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly assumeRolePolicy: string;
  readonly inlinePolicies: Map<string, string>;
  readonly managedPolicyArns: Set<string>;
}

interface Schedule {
  readonly name: string;
  readonly expression: string;
  readonly enabled: boolean;
}

/** What was applied so far and is looked up by name or ARN. */
export interface Registry {
  readonly roles: Map<string, Role>;
  /** Managed policies: document by ARN. */
  readonly policies: Map<string, string>;
  /** Policies of resources (queues, buckets, secrets): document by ARN. */
  readonly resourcePolicies: Map<string, string>;
  readonly buckets: Set<string>;
  readonly tables: Set<string>;
  readonly rules: Map<string, Schedule>;
  /** Databases that clusters and instances made, by identifier. */
  readonly databases: Map<string, { readonly host: string; readonly port: number }>;
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
    rules: new Map(),
    databases: new Map(),
    roleByArn: (arn) => [...roles.values()].find((role) => role.arn === arn),
  };
}

/** Looks `key` up, or says what is missing. */
export function required<T>(found: T | undefined, what: string, key: string): T {
  if (found === undefined) throw new Error(`there is no ${what} ${key} on the laptop; create it before this`);
  return found;
}
