/** What a rule of WAF looks at, in Terraform's own words: the bindings know no type of it. */
export type WafStatement = Readonly<Record<string, object>>;

/** So much of a body CloudFront shows to WAF at most. https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html */
export const inspectedBodyBytes = 65_536;

const asIs = [{ priority: 0, type: "NONE" }];
const path = { uri_path: {} };
const matches = (field: object, constraint: string, text: string): WafStatement => ({
  byte_match_statement: {
    field_to_match: field,
    positional_constraint: constraint,
    search_string: text,
    text_transformation: asIs,
  },
});

export const headerIs = (name: string, value: string) => matches({ single_header: { name } }, "EXACTLY", value);
export const pathStartsWith = (start: string) => matches(path, "STARTS_WITH", start);
export const all = (...statement: readonly WafStatement[]): WafStatement => ({ and_statement: { statement } });

/** A body that WAF cannot look at to its end is longer than all that it can. */
export const bodyLongerThanInspected: WafStatement = {
  size_constraint_statement: {
    field_to_match: { body: { oversize_handling: "MATCH" } },
    comparison_operator: "GT",
    size: inspectedBodyBytes,
    text_transformation: asIs,
  },
};

/** More than `count` requests of one address in a minute. */
export const moreThanAMinute = (count: number): WafStatement => ({
  rate_based_statement: { limit: count, aggregate_key_type: "IP", evaluation_window_sec: 60 },
});

/** A group of rules that AWS keeps; those named in `counted` block nothing. */
export const managedGroup = (name: string, counted: readonly string[] = []): WafStatement => ({
  managed_rule_group_statement: {
    vendor_name: "AWS",
    name,
    rule_action_override: counted.map((rule) => ({ name: rule, action_to_use: { count: {} } })),
  },
});
