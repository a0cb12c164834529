import { z } from "zod";
import type { Field, ManagedGroupStatement, Statement } from "../services/index.ts";
import { block, blocks, ignored, number, optionalBlock, refused, text } from "./resource.ts";
import { ActionArguments, actionOf } from "./wafv2-action.ts";

const noGeography = "the laptop cannot know where a client is";
const noSets = "the laptop does not support separate sets; write the values into the rule";
const notPublic = "AWS does not publish how it decides";
const oneClient = "every client has this machine's address";

const flag = () => optionalBlock({});

const FieldArguments = {
  body: optionalBlock({ oversize_handling: z.enum(["CONTINUE", "MATCH", "NO_MATCH"]).default("CONTINUE") }),
  method: flag(),
  uri_path: flag(),
  query_string: flag(),
  all_query_arguments: flag(),
  single_header: optionalBlock({ name: text() }),
  single_query_argument: optionalBlock({ name: text() }),
  json_body: refused("inspect the body as text instead"),
  headers: refused("inspect a single header instead"),
  cookies: refused("inspect the header Cookie instead"),
  header_order: refused(notPublic),
  ja3_fingerprint: refused("there is no TLS on the loopback"),
  ja4_fingerprint: refused("there is no TLS on the loopback"),
  uri_fragment: refused("clients do not send the fragment"),
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
      error: "only NONE, LOWERCASE, URL_DECODE can run here: the laptop does not interpret the others",
    }),
  }),
} as const;

function inspectionOf(given: z.infer<z.ZodObject<typeof inspection>>) {
  const ordered = given.text_transformation.toSorted((left, right) => left.priority - right.priority);
  return { field: fieldOf(given.field_to_match), transformations: ordered.map(({ type }) => type) };
}

/** A parsed statement: a managed group, or any other statement. */
interface StatementGiven {
  readonly statement: Statement | undefined;
  readonly group: ManagedGroupStatement | undefined;
}
const nested: z.ZodType<Statement> = z.lazy(() =>
  statement().transform(({ statement: own }) => {
    if (own === undefined) throw new Error("a managed rule group must be alone in its rule");
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
        error: "only IP, FORWARDED_IP, CONSTANT can run here: the laptop does not interpret the others",
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
    version: ignored("the laptop has one version of the rules, as AWS documents them"),
    managed_rule_group_configs: refused("the laptop does not interpret groups with settings"),
  }),
  ip_set_reference_statement: refused(oneClient),
  geo_match_statement: refused(noGeography),
  asn_match_statement: refused(noGeography),
  regex_pattern_set_reference_statement: refused(noSets),
  rule_group_reference_statement: refused(noSets),
  sqli_match_statement: refused(notPublic),
  xss_match_statement: refused(notPublic),
} as const;

export function statement() {
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
