import { z } from "zod";
import type { Laptop } from "./laptop.ts";
import { globalArn, lastPart, nameOf } from "./naming.ts";
import { type Role, required } from "./registry.ts";
import { blocks, defineResource, ignored, notDestroyed, text, texts } from "./resource.ts";

const noLogin = "nobody outside the laptop assumes a role";

/** A policy document. Only its shape is checked here. */
const Policy = text().pipe(
  z.string().refine(isPolicy, { error: 'is not a policy document: JSON with "Version" and "Statement" is needed' }),
);

function isPolicy(document: string): boolean {
  const Statement = z.object({ Effect: z.enum(["Allow", "Deny"]) });
  const Document = z.object({ Version: z.string(), Statement: z.union([Statement, z.array(Statement).min(1)]) });
  try {
    return Document.safeParse(JSON.parse(document)).success;
  } catch {
    return false;
  }
}

export const iamRole = defineResource({
  type: "aws_iam_role",
  arguments: {
    name: text().optional(),
    name_prefix: text().optional(),
    path: text().default("/"),
    assume_role_policy: Policy,
    inline_policy: blocks({ name: text().optional(), policy: Policy.optional() }).default([]),
    managed_policy_arns: texts().default([]),
    description: ignored("descriptions have no effect"),
    max_session_duration: ignored(noLogin),
    permissions_boundary: ignored("permissions boundaries are not enforced"),
    force_detach_policies: ignored(notDestroyed),
  },
  apply: (args, { registry }, place) => {
    const name = nameOf(args.name, args.name_prefix, place);
    const known = registry.roles.get(name);
    const role: Role = {
      name,
      arn: globalArn("iam", `role${args.path}${name}`),
      assumeRolePolicy: args.assume_role_policy,
      inlinePolicies: known?.inlinePolicies ?? new Map(),
      managedPolicyArns: known?.managedPolicyArns ?? new Set(),
      declared: {
        inlinePolicies: new Map(args.inline_policy.map(({ name = "", policy = "" }) => [name, policy])),
        managedPolicyArns: args.managed_policy_arns,
      },
    };
    registry.roles.set(name, role);
    return { id: name, name, arn: role.arn, unique_id: `AROA${name}`, create_date: "1970-01-01T00:00:00Z" };
  },
  remove: (_, { registry }, { name }) => void registry.roles.delete(String(name)),
});

export const iamRolePolicy = defineResource({
  type: "aws_iam_role_policy",
  arguments: { name: text().optional(), name_prefix: text().optional(), role: text(), policy: Policy },
  apply: (args, { registry }, place) => {
    const name = nameOf(args.name, args.name_prefix, place);
    roleNamed(registry, args.role).inlinePolicies.set(name, args.policy);
    return { id: `${args.role}:${name}`, name };
  },
  remove: (args, { registry }, { name }) => void registry.roles.get(args.role)?.inlinePolicies.delete(String(name)),
});

export const iamPolicy = defineResource({
  type: "aws_iam_policy",
  arguments: {
    name: text().optional(),
    name_prefix: text().optional(),
    path: text().default("/"),
    policy: Policy,
    description: ignored("descriptions have no effect"),
  },
  apply: (args, { registry }, place) => {
    const name = nameOf(args.name, args.name_prefix, place);
    const arn = globalArn("iam", `policy${args.path}${name}`);
    registry.policies.set(arn, args.policy);
    return { id: arn, arn, name, policy_id: `ANPA${name}` };
  },
  remove: (_, { registry }, { arn }) => void registry.policies.delete(String(arn)),
});

export const iamRolePolicyAttachment = defineResource({
  type: "aws_iam_role_policy_attachment",
  arguments: { role: text(), policy_arn: text() },
  apply: (args, { registry }) => {
    required(registry.policies.get(args.policy_arn), "policy", args.policy_arn);
    roleNamed(registry, args.role).managedPolicyArns.add(args.policy_arn);
    return { id: `${args.role}-${lastPart(args.policy_arn)}` };
  },
  remove: (args, { registry }) => void registry.roles.get(args.role)?.managedPolicyArns.delete(args.policy_arn),
});

function roleNamed(registry: Laptop["registry"], name: string): Role {
  return required(registry.roles.get(name), "role", name);
}
