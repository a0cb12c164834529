/** The statement of a WAF rule, with Terraform's own argument names: the provider's bindings have no type for it. */
export type WafStatement = Readonly<Record<string, object>>;

/** The most bytes of a body that WAF can inspect behind CloudFront. https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html */
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

/** Matches a request whose header has exactly this value. */
export const headerIs = (name: string, value: string) => matches({ single_header: { name } }, "EXACTLY", value);
/** Matches a request whose path begins with `start`. */
export const pathStartsWith = (start: string) => matches(path, "STARTS_WITH", start);
/** Matches when all the statements match. */
export const all = (...statement: readonly WafStatement[]): WafStatement => ({ and_statement: { statement } });

/** Matches a body that is longer than WAF can inspect. */
export const bodyLongerThanInspected: WafStatement = {
  size_constraint_statement: {
    field_to_match: { body: { oversize_handling: "MATCH" } },
    comparison_operator: "GT",
    size: inspectedBodyBytes,
    text_transformation: asIs,
  },
};

/** Matches the requests of an address that sends more than `count` in a minute. */
export const moreThanAMinute = (count: number): WafStatement => ({
  rate_based_statement: { limit: count, aggregate_key_type: "IP", evaluation_window_sec: 60 },
});

/** Applies a group of rules that AWS maintains. The rules named in `counted` only count, and do not block. */
export const managedGroup = (name: string, counted: readonly string[] = []): WafStatement => ({
  managed_rule_group_statement: {
    vendor_name: "AWS",
    name,
    rule_action_override: counted.map((rule) => ({ name: rule, action_to_use: { count: {} } })),
  },
});
