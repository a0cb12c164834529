import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { AwsCall } from "./aws-call.ts";

/** A policy document that is attached to a role. */
export interface AttachedPolicy {
  readonly name: string;
  readonly document: object;
}

/** The caller: the role that a function or a service has assumed. */
export interface Identity {
  readonly roleName: string;
  /** The last part of the assumed role's ARN, such as the name of the function. */
  readonly sessionName: string;
  readonly policies: readonly AttachedPolicy[];
}

/** `statement` names the deciding statement: `<policy>/<Sid>`. */
export interface Decision {
  readonly allowed: boolean;
  readonly explicitlyDenied: boolean;
  readonly statement?: string;
}

export const assumedRoleArn = (identity: Identity, accountId: string) =>
  `arn:aws:sts::${accountId}:assumed-role/${identity.roleName}/${identity.sessionName}`;

/** The number of object keys in S3 has no limit, so the cache has one. */
const decisionCountMax = 10_000;
const identityCountMax = 500;

/** Decides as IAM does for identity policies in one account. Decisions are cached until the policies change. */
export class PolicyEvaluator {
  readonly #accountId: string;
  /** By role and its policies, then by call. */
  readonly #decisions = new Map<string, Map<string, Promise<Decision>>>();

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  decide(identity: Identity, call: AwsCall): Promise<Decision> {
    const decisions = this.#decisionsOf(identity);
    const key = JSON.stringify([call.action, call.resource, call.context]);
    const known = decisions.get(key);
    if (known) return known;
    if (decisions.size >= decisionCountMax) decisions.clear();
    const decision = this.#simulate(identity, call);
    decisions.set(key, decision);
    return decision;
  }

  #decisionsOf({ roleName, policies }: Identity): Map<string, Promise<Decision>> {
    const key = JSON.stringify([roleName, policies]);
    const known = this.#decisions.get(key);
    if (known) return known;
    if (this.#decisions.size >= identityCountMax) this.#decisions.clear();
    const made = new Map<string, Promise<Decision>>();
    this.#decisions.set(key, made);
    return made;
  }

  async #simulate(identity: Identity, call: AwsCall): Promise<Decision> {
    const answer = await runSimulation(
      {
        request: {
          principal: assumedRoleArn(identity, this.#accountId),
          action: call.action,
          resource: { resource: call.resource, accountId: this.#accountId },
          contextVariables: { ...call.context },
        },
        identityPolicies: identity.policies.map(({ name, document }) => ({ name, policy: document })),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (answer.resultType === "error") {
      throw new Error(`${call.action} on ${call.resource} cannot be checked: ${JSON.stringify(answer.errors)}`);
    }
    const identityAnalysis = answer.resultType === "single" ? answer.result.analysis.identityAnalysis : undefined;
    const deciding = identityAnalysis?.denyStatements[0] ?? identityAnalysis?.allowStatements[0];
    return {
      allowed: answer.overallResult === "Allowed",
      explicitlyDenied: answer.overallResult === "ExplicitlyDenied",
      ...(deciding && { statement: `${deciding.policyId}/${deciding.explain.identifier}` }),
    };
  }
}
