import { anonymousPrincipal, runSimulation } from "@cloud-copilot/iam-simulate";
import type { AwsCall } from "./aws-call.ts";

/** Who asks: a service that acts for one of its resources, or anybody who can send a request. */
export type Asker = { readonly service: string; readonly sourceArn: string } | "anybody";

export interface ResourcePolicyEvaluator {
  /** Whether the policy of a resource, such as a bucket, is enough to allow the call. */
  permits(resourceArn: string, asker: Asker, call: AwsCall): Promise<boolean>;
}

/** The number of object keys in S3 has no limit, so the cache has one. */
const decisionCountMax = 10_000;

/** Decides like IAM, using only the policy of a resource. Decisions are cached by the text of the policy. */
export function createResourcePolicyEvaluator(options: {
  readonly accountId: string;
  /** The policy document of a resource, by its ARN. */
  readonly policyOf: (resourceArn: string) => string | undefined;
}): ResourcePolicyEvaluator {
  const decisions = new Map<string, Promise<boolean>>();
  return {
    permits: (resourceArn, asker, call) => {
      const document = options.policyOf(resourceArn);
      if (document === undefined) return Promise.resolve(false);
      const key = JSON.stringify([document, asker, call.action, call.resource, call.context]);
      const cached = decisions.get(key);
      if (cached) return cached;
      if (decisions.size >= decisionCountMax) decisions.clear();
      const decision = simulate({ document, asker, call, accountId: options.accountId });
      decisions.set(key, decision);
      return decision;
    },
  };
}

async function simulate(question: {
  readonly document: string;
  readonly asker: Asker;
  readonly call: AwsCall;
  readonly accountId: string;
}): Promise<boolean> {
  const { document, asker, accountId } = question;
  const { action, resource, context } = question.call;
  const isService = asker !== "anybody";
  const answer = await runSimulation(
    {
      request: {
        principal: isService ? asker.service : anonymousPrincipal,
        action,
        resource: { resource, accountId },
        contextVariables: {
          ...context,
          ...(isService && { "aws:SourceArn": asker.sourceArn, "aws:SourceAccount": accountId }),
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
