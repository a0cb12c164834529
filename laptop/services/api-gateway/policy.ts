import { z } from "zod";
import { arnMatches } from "../arn.ts";

const OneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
/** Conditions, NotAction and NotResource are not supported. Unknown keys are refused, so that no policy is read as wider than it is. */
const Statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Action: OneOrMore,
  Resource: OneOrMore,
});

export const Policy = z.looseObject({
  Version: z.string().optional(),
  Statement: z.union([Statement, z.array(Statement)]).transform((value) => [value].flat()),
});
export type Policy = z.output<typeof Policy>;

export type PolicyDecision = "allowed" | "denied" | "denied explicitly";

/** An explicit Deny wins. What no statement allows is denied. */
export function decide(policy: Policy, methodArn: string): PolicyDecision {
  const matching = policy.Statement.filter(
    ({ Action, Resource }) =>
      Action.some((action) => arnMatches(action.toLowerCase(), "execute-api:invoke")) &&
      Resource.some((resource) => arnMatches(resource, methodArn)),
  );
  if (matching.some(({ Effect }) => Effect === "Deny")) return "denied explicitly";
  return matching.length > 0 ? "allowed" : "denied";
}
