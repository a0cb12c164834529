import { z } from "zod";
import type { Action, Field, ManagedGroupStatement, Rule, Statement } from "../services/index.ts";
import { TerraformError } from "../terraform/index.ts";
import { defined } from "./defined.ts";
import { nameOf } from "./naming.ts";
import {
  block,
  blocks,
  defineResource,
  ignored,
  notMonitored,
  notTimed,
  number,
  optionalBlock,
  refused,
  text,
} from "./resource.ts";

const noGeography = "where a client is cannot be known on one machine";
const noSets = "sets of their own kind are not kept; write it into the rule";
const noChallenge = "there is no page to solve puzzles on";
const notPublic = "AWS does not say how it judges";
const oneClient = "every client has this machine's address";
/** Web ACLs of distributions live there. */
const globalRegion = "us-east-1";

const flag = () => optionalBlock({});
const header = { name: text(), value: text() };
const requestHandling = () => optionalBlock({ insert_header: blocks(header) });

const ActionArguments = {
  allow: optionalBlock({ custom_request_handling: requestHandling() }),
  block: optionalBlock({
    custom_response: optionalBlock({
      response_code: number(),
      custom_response_body_key: text().optional(),
      response_header: blocks(header).default([]),
    }),
  }),
  count: optionalBlock({ custom_request_handling: requestHandling() }),
  captcha: refused(noChallenge),
  challenge: refused(noChallenge),
} as const;

function actionOf(given: z.infer<z.ZodObject<typeof ActionArguments>>): Action {
  const { allow, block: blocked, count } = given;
  const response = blocked?.custom_response;
  if (response) {
    const headers = response.response_header.map(({ name, value }) => [name, value] as const);
    if (headers.some(([name]) => name.toLowerCase() === "content-type")) {
      throw new Error("a custom response takes its Content-Type from its body, not from a header");
    }
    const { response_code: status, custom_response_body_key: bodyKey } = response;
    return { kind: "block", response: defined({ status, bodyKey, headers }) };
  }
  if (blocked) return { kind: "block" };
  const inserted = (allow ?? count)?.custom_request_handling?.insert_header ?? [];
  const insertHeaders = inserted.map(({ name, value }) => [name, value] as const);
  if (!allow && !count) throw new Error("an action is one of allow, block and count");
  return { kind: allow ? "allow" : "count", insertHeaders };
}

const FieldArguments = {
  body: optionalBlock({ oversize_handling: z.enum(["CONTINUE", "MATCH", "NO_MATCH"]).default("CONTINUE") }),
  method: flag(),
  uri_path: flag(),
  query_string: flag(),
  all_query_arguments: flag(),
  single_header: optionalBlock({ name: text() }),
  single_query_argument: optionalBlock({ name: text() }),
  json_body: refused("look at the body as text"),
  headers: refused("name one header"),
  cookies: refused("look at the header Cookie"),
  header_order: refused(notPublic),
  ja3_fingerprint: refused("there is no TLS on the loopback"),
  ja4_fingerprint: refused("there is no TLS on the loopback"),
  uri_fragment: refused("clients do not send it"),
} as const;

function fieldOf(given: z.infer<z.ZodObject<typeof FieldArguments>>): Field {
  if (given.body) return { part: "body", oversize: given.body.oversize_handling };
  if (given.single_header) return { part: "header", name: given.single_header.name };
  if (given.single_query_argument) return { part: "queryArgument", name: given.single_query_argument.name };
  if (given.method) return { part: "method" };
  if (given.uri_path) return { part: "uriPath" };
  if (given.query_string) return { part: "queryString" };
  if (given.all_query_arguments) return { part: "allQueryArguments" };
  throw new Error("field_to_match names no part of the request");
}

const inspection = {
  field_to_match: block(FieldArguments),
  text_transformation: blocks({
    priority: number(),
    type: z.enum(["NONE", "LOWERCASE", "URL_DECODE"], {
      error: "only NONE, LOWERCASE, URL_DECODE can run here: the others are not interpreted",
    }),
  }),
} as const;

function inspectionOf(given: z.infer<z.ZodObject<typeof inspection>>) {
  const ordered = given.text_transformation.toSorted((left, right) => left.priority - right.priority);
  return { field: fieldOf(given.field_to_match), transformations: ordered.map(({ type }) => type) };
}

/** What a statement holds that is no managed group. */
interface StatementGiven {
  readonly statement: Statement | undefined;
  readonly group: ManagedGroupStatement | undefined;
}
const nested: z.ZodType<Statement> = z.lazy(() =>
  statement().transform(({ statement: own }) => {
    if (own === undefined) throw new Error("a managed rule group stands alone in its rule");
    return own;
  }),
);
const manyNested = z.lazy(() => z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(nested)));

const StatementArguments = {
  and_statement: optionalBlock({ statement: manyNested }),
  or_statement: optionalBlock({ statement: manyNested }),
  not_statement: optionalBlock({ statement: nested }),
  byte_match_statement: optionalBlock({
    search_string: text(),
    positional_constraint: z.enum(["EXACTLY", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "CONTAINS_WORD"]),
    ...inspection,
  }),
  regex_match_statement: optionalBlock({ regex_string: text(), ...inspection }),
  size_constraint_statement: optionalBlock({
    comparison_operator: z.enum(["EQ", "NE", "LE", "LT", "GE", "GT"]),
    size: number(),
    ...inspection,
  }),
  label_match_statement: optionalBlock({ scope: z.enum(["LABEL", "NAMESPACE"]), key: text() }),
  rate_based_statement: optionalBlock({
    limit: number(),
    evaluation_window_sec: number().default(300),
    aggregate_key_type: z
      .enum(["IP", "FORWARDED_IP", "CONSTANT"], {
        error: "only IP, FORWARDED_IP, CONSTANT can run here: other keys are not interpreted",
      })
      .default("IP"),
    forwarded_ip_config: optionalBlock({ header_name: text(), fallback_behavior: z.enum(["MATCH", "NO_MATCH"]) }),
    scope_down_statement: nested.optional(),
    custom_key: refused("count by IP, FORWARDED_IP or CONSTANT"),
  }),
  managed_rule_group_statement: optionalBlock({
    name: text(),
    vendor_name: text(),
    rule_action_override: blocks({ name: text(), action_to_use: block(ActionArguments) }).default([]),
    scope_down_statement: nested.optional(),
    version: ignored("the rules are those that AWS documents"),
    managed_rule_group_configs: refused("groups that take settings are not interpreted"),
  }),
  ip_set_reference_statement: refused(oneClient),
  geo_match_statement: refused(noGeography),
  asn_match_statement: refused(noGeography),
  regex_pattern_set_reference_statement: refused(noSets),
  rule_group_reference_statement: refused(noSets),
  sqli_match_statement: refused(notPublic),
  xss_match_statement: refused(notPublic),
} as const;

function statement() {
  return block(StatementArguments).transform((given): StatementGiven => {
    const named = Object.entries(given).filter(([, value]) => value !== undefined);
    if (named.length !== 1)
      throw new Error(`a statement is one thing; this is ${named.map(([name]) => name).join(" and ") || "none"}`);
    return { statement: ownStatement(given), group: groupOf(given.managed_rule_group_statement) };
  });
}

type Given = z.infer<z.ZodObject<typeof StatementArguments>>;

function ownStatement(given: Given): Statement | undefined {
  const { and_statement: and, or_statement: or, not_statement: not, label_match_statement: label } = given;
  const { byte_match_statement: bytes, regex_match_statement: regex, size_constraint_statement: size } = given;
  if (and) return { kind: "and", statements: and.statement };
  if (or) return { kind: "or", statements: or.statement };
  if (not) return { kind: "not", statement: not.statement };
  if (label) return { kind: "labelMatch", ...label };
  if (regex) return { kind: "regexMatch", regex: new RegExp(regex.regex_string), ...inspectionOf(regex) };
  if (bytes) {
    const { positional_constraint: position, search_string: searchString } = bytes;
    return { kind: "byteMatch", position, searchString, ...inspectionOf(bytes) };
  }
  if (size) {
    return { kind: "sizeConstraint", comparison: size.comparison_operator, bytes: size.size, ...inspectionOf(size) };
  }
  return given.rate_based_statement && rateOf(given.rate_based_statement);
}

function rateOf(given: NonNullable<Given["rate_based_statement"]>): Statement {
  const { aggregate_key_type: type, forwarded_ip_config: forwarded, scope_down_statement: scopeDown } = given;
  if (type === "FORWARDED_IP" && !forwarded) throw new Error("FORWARDED_IP needs forwarded_ip_config");
  return {
    kind: "rate",
    limit: given.limit,
    windowSeconds: given.evaluation_window_sec,
    key:
      type === "FORWARDED_IP" && forwarded
        ? { by: "forwardedIp", header: forwarded.header_name, fallback: forwarded.fallback_behavior }
        : { by: type === "CONSTANT" ? "constant" : "ip" },
    ...(scopeDown && { scopeDown }),
  };
}

function groupOf(given: Given["managed_rule_group_statement"]): ManagedGroupStatement | undefined {
  if (!given) return undefined;
  const { name, vendor_name: vendor, scope_down_statement: scopeDown } = given;
  const actions = given.rule_action_override.map(
    (override) => [override.name, actionOf(override.action_to_use)] as const,
  );
  return { name, vendor, actions: Object.fromEntries(actions), ...(scopeDown && { scopeDown }) };
}

const RuleArguments = {
  name: text(),
  priority: number(),
  statement: statement(),
  action: optionalBlock(ActionArguments),
  override_action: optionalBlock({ count: flag(), none: flag() }),
  rule_label: blocks({ name: text() }).default([]),
  visibility_config: ignored(notMonitored),
  captcha_config: ignored(noChallenge),
  challenge_config: ignored(noChallenge),
} as const;

function ruleOf(given: z.infer<z.ZodObject<typeof RuleArguments>>): Rule {
  const { name, priority, action, override_action: override } = given;
  const shared = { name, priority, labels: given.rule_label.map((label) => label.name) };
  const { statement: own, group } = given.statement;
  if (group && override && !action) return { ...shared, group, override: override.count ? "count" : "none" };
  if (own && action && !override) return { ...shared, statement: own, action: actionOf(action) };
  throw new Error(`rule ${name}: a managed group takes override_action, any other statement takes action`);
}

const Limit = z.enum(["KB_16", "KB_32", "KB_48", "KB_64"]);
const limit = () => optionalBlock({ default_size_inspection_limit: Limit });
const contentTypes = z.enum(["APPLICATION_JSON", "TEXT_HTML", "TEXT_PLAIN"]);

export const wafv2WebAcl = defineResource({
  type: "aws_wafv2_web_acl",
  isGlobal: true,
  arguments: {
    name: text().optional(),
    name_prefix: text().optional(),
    scope: z.enum(["CLOUDFRONT", "REGIONAL"]),
    default_action: block({ allow: ActionArguments.allow, block: ActionArguments.block }),
    rule: blocks(RuleArguments).default([]),
    custom_response_body: blocks({ key: text(), content: text(), content_type: contentTypes }).default([]),
    association_config: optionalBlock({
      request_body: blocks({
        cloudfront: limit(),
        api_gateway: limit(),
        app_runner_service: ignored("nothing of this kind runs"),
        cognito_user_pool: ignored("nothing of this kind runs"),
        verified_access_instance: ignored("nothing of this kind runs"),
      }),
    }),
    visibility_config: ignored(notMonitored),
    data_protection_config: ignored("the laptop logs no request's contents"),
    description: ignored("a remark"),
    captcha_config: ignored(noChallenge),
    challenge_config: ignored(noChallenge),
    token_domains: ignored(noChallenge),
    rule_json: refused("write the rules as blocks"),
  },
  apply: (args, laptop, place) => {
    const wanted = args.scope === "CLOUDFRONT" ? globalRegion : laptop.region;
    if (place.region !== wanted) {
      const message = `a web ACL of scope ${args.scope} is in ${wanted}, and this one is in ${place.region}`;
      throw new TerraformError("argument_invalid", message, { path: place.path });
    }
    const name = nameOf(args.name, args.name_prefix, place);
    const bodies = args.association_config?.request_body[0];
    const inspected = args.scope === "CLOUDFRONT" ? bodies?.cloudfront : bodies?.api_gateway;
    const made = laptop.services.waf.createWebAcl(
      defined({
        name,
        scope: args.scope,
        defaultAction: actionOf(args.default_action),
        rules: args.rule.map(ruleOf),
        bodyInspectionBytesMax: inspected && Number(inspected.default_size_inspection_limit.slice(3)) * 1_024,
        responseBodies: Object.fromEntries(
          args.custom_response_body.map(({ key, content, content_type: contentType }) => [
            key,
            { content, contentType },
          ]),
        ),
      }),
    );
    return { id: made.id, arn: made.arn, name, capacity: 0, application_integration_url: "" };
  },
  remove: (_, { services }, { arn }) => services.waf.deleteWebAcl(String(arn)),
});

export const wafv2WebAclAssociation = defineResource({
  type: "aws_wafv2_web_acl_association",
  arguments: { resource_arn: text(), web_acl_arn: text(), timeouts: ignored(notTimed) },
  apply: (args, { services }) => {
    if (!/^arn:aws:apigateway:[^:]*::\/restapis\/[^/]+\/stages\/[^/]+$/.test(args.resource_arn)) {
      throw new Error(`a web ACL protects the stage of a REST API here, and ${args.resource_arn} is none`);
    }
    services.waf.associate({ webAclArn: args.web_acl_arn, resourceArn: args.resource_arn });
    return { id: `${args.web_acl_arn},${args.resource_arn}` };
  },
  remove: (args, { services }) => services.waf.dissociate(args.resource_arn),
});
