import { z } from "zod";
import { laptopAccountId } from "./laptop.ts";
import { blocks, defineResource, ignored, text, texts } from "./resource.ts";

export const callerIdentity = defineResource({
  type: "aws_caller_identity",
  arguments: {},
  apply: () => ({
    id: laptopAccountId,
    account_id: laptopAccountId,
    arn: `arn:aws:iam::${laptopAccountId}:root`,
    user_id: laptopAccountId,
  }),
});

export const currentRegion = defineResource({
  type: "aws_region",
  arguments: { name: text().optional() },
  apply: (_, { region }) => ({
    id: region,
    name: region,
    region,
    description: region,
    endpoint: `ec2.${region}.amazonaws.com`,
  }),
});

export const partition = defineResource({
  type: "aws_partition",
  arguments: {},
  apply: () => ({
    id: "aws",
    partition: "aws",
    dns_suffix: "amazonaws.com",
    reverse_dns_prefix: "com.amazonaws",
  }),
});

export const availabilityZones = defineResource({
  type: "aws_availability_zones",
  arguments: {
    state: text().optional(),
    filter: ignored("all zones are the same"),
    all_availability_zones: ignored("all zones are the same"),
  },
  apply: (_, { region }) => ({
    id: region,
    names: ["a", "b", "c"].map((zone) => `${region}${zone}`),
    zone_ids: ["az1", "az2", "az3"],
    group_names: [region],
  }),
});

const oneOrMore = z.union([texts(), text().transform((one) => [one])]).optional();
const Principals = blocks({ type: text(), identifiers: oneOrMore }).default([]);

/** Returns the same JSON as the provider, so that policies are the same here. */
export const iamPolicyDocument = defineResource({
  type: "aws_iam_policy_document",
  arguments: {
    version: text().default("2012-10-17"),
    policy_id: text().optional(),
    statement: blocks({
      sid: text().optional(),
      effect: text().default("Allow"),
      actions: oneOrMore,
      not_actions: oneOrMore,
      resources: oneOrMore,
      not_resources: oneOrMore,
      principals: Principals,
      not_principals: Principals,
      condition: blocks({ test: text(), variable: text(), values: texts() }).default([]),
    }).default([]),
    source_policy_documents: texts().default([]),
    override_policy_documents: texts().default([]),
  },
  apply: (args) => {
    const own = args.statement.map((statement) => ({
      ...(statement.sid === undefined ? {} : { Sid: statement.sid }),
      Effect: statement.effect,
      ...list("Action", statement.actions),
      ...list("NotAction", statement.not_actions),
      ...list("Resource", statement.resources),
      ...list("NotResource", statement.not_resources),
      ...principals("Principal", statement.principals),
      ...principals("NotPrincipal", statement.not_principals),
      ...conditions(statement.condition),
    }));
    const merged = mergeBySid([
      ...args.source_policy_documents.flatMap(statementsOf),
      ...own,
      ...args.override_policy_documents.flatMap(statementsOf),
    ]);
    const document = {
      Version: args.version,
      ...(args.policy_id === undefined ? {} : { Id: args.policy_id }),
      Statement: merged,
    };
    return { id: "policy", json: JSON.stringify(document, null, 2), minified_json: JSON.stringify(document) };
  },
});

type Statement = { readonly Sid?: string | undefined } & Readonly<Record<string, unknown>>;

function list(key: string, values: readonly string[] | undefined): Record<string, unknown> {
  if (values === undefined || values.length === 0) return {};
  return { [key]: values.length === 1 ? values[0] : values };
}

function principals(key: string, given: z.infer<typeof Principals>): Record<string, unknown> {
  if (given.length === 0) return {};
  if (given.some(({ type }) => type === "*")) return { [key]: "*" };
  return { [key]: Object.assign({}, ...given.map(({ type, identifiers }) => list(type, identifiers))) };
}

function conditions(given: readonly { test: string; variable: string; values: string[] }[]): Record<string, unknown> {
  if (given.length === 0) return {};
  const Condition: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of given) {
    Condition[test] = { ...Condition[test], ...list(variable, values) };
  }
  return { Condition };
}

function statementsOf(document: string): Statement[] {
  const Parsed = z.object({
    Statement: z.union([z.array(z.looseObject({})), z.looseObject({}).transform((one) => [one])]),
  });
  return Parsed.parse(JSON.parse(document)).Statement;
}

/** A later statement replaces an earlier statement with the same Sid. */
function mergeBySid(statements: readonly Statement[]): Statement[] {
  const merged: Statement[] = [];
  for (const statement of statements) {
    const same = merged.findIndex(({ Sid }) => Sid !== undefined && Sid !== "" && Sid === statement.Sid);
    if (same < 0) merged.push(statement);
    else merged[same] = statement;
  }
  return merged;
}
