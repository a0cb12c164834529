import { anonymousPrincipal, runSimulation } from "@cloud-copilot/iam-simulate";
import type { AwsCall } from "./aws-call.ts";

/** A service that acts for one of its resources, or anybody who can send a request. */
export type Asker = { readonly service: string; readonly sourceArn: string } | "anybody";

export interface ResourcePolicyEvaluator {
  /** Whether the policy of a resource, such as a bucket, allows this by itself. */
  permits(resourceArn: string, asker: Asker, call: AwsCall): Promise<boolean>;
}

/** Object keys are endless, so what is remembered is bounded. */
const decisionsMax = 10_000;

/** Decides as IAM does by the policy of a resource alone. A policy that has changed is judged anew. */
export function createResourcePolicyEvaluator(options: {
  readonly accountId: string;
  /** The document of a resource, by its ARN. */
  readonly policyOf: (resourceArn: string) => string | undefined;
}): ResourcePolicyEvaluator {
  const decisions = new Map<string, Promise<boolean>>();

  async function decide(document: string, asker: Asker, { action, resource, context }: AwsCall): Promise<boolean> {
    const isService = asker !== "anybody";
    const answer = await runSimulation(
      {
        request: {
          principal: isService ? asker.service : anonymousPrincipal,
          action,
          resource: { resource, accountId: options.accountId },
          contextVariables: {
            ...context,
            ...(isService && { "aws:SourceArn": asker.sourceArn, "aws:SourceAccount": options.accountId }),
          },
        },
        identityPolicies: [],
        resourcePolicy: JSON.parse(document) as object,
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (answer.resultType === "error") {
      throw new Error(`${action} on ${resource} cannot be checked: ${JSON.stringify(answer.errors)}`);
    }
    return answer.overallResult === "Allowed";
  }

  return {
    permits: (resourceArn, asker, call) => {
      const document = options.policyOf(resourceArn);
      if (document === undefined) return Promise.resolve(false);
      const key = JSON.stringify([document, asker, call.action, call.resource, call.context]);
      const known = decisions.get(key);
      if (known) return known;
      if (decisions.size >= decisionsMax) decisions.clear();
      const decision = decide(document, asker, call);
      decisions.set(key, decision);
      return decision;
    },
  };
}
