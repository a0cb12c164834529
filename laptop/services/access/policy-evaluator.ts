import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { AwsCall } from "./aws-call.ts";

/** A policy document as attached to a role. */
export interface AttachedPolicy {
  readonly name: string;
  readonly document: object;
}

/** Who calls: the role that a function or service has taken on. */
export interface Identity {
  readonly roleName: string;
  /** Such as the function's name; the last part of the assumed role's ARN. */
  readonly sessionName: string;
  readonly policies: readonly AttachedPolicy[];
}

/** `statement` names the statement that decided: `<policy>/<Sid>`. */
export interface Decision {
  readonly allowed: boolean;
  readonly explicitlyDenied: boolean;
  readonly statement?: string;
}

export const assumedRoleArn = (identity: Identity, accountId: string) =>
  `arn:aws:sts::${accountId}:assumed-role/${identity.roleName}/${identity.sessionName}`;

/** Object keys in S3 are endless, so what is remembered is bounded. */
const decisionCountMax = 10_000;
const identityCountMax = 500;

/** Decides as IAM does for identity policies in one account. Answers are remembered for as long as policies stay. */
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
