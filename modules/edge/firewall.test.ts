import { describe, expect, it } from "vitest";
import { Problem } from "../../contract/problem.ts";
import { synthesize } from "../synthesized.fixture.ts";
import { Firewall } from "./firewall.ts";

interface Rule {
  readonly name: string;
  readonly priority: number;
  readonly statement: Readonly<Record<string, object>>;
  readonly action?: { readonly block?: { readonly custom_response: object } };
  readonly override_action?: object;
}

const acl = synthesize((stack) => {
  new Firewall(stack, "firewall", { name: "shop-edge", requestsPerMinuteMax: 600, apiPath: "/v1/" });
}).one("aws_wafv2_web_acl");
const rules = acl.rule as readonly Rule[];
const ruleNamed = (name: string) => rules.find((rule) => rule.name === name);

function answerOf(name: string): Problem {
  const bodies = acl.custom_response_body as readonly { readonly key: string; readonly content: string }[];
  return Problem.parse(JSON.parse(bodies.find(({ key }) => key === name)?.content ?? ""));
}

describe("Firewall", () => {
  it("makes a web ACL for CloudFront in us-east-1, which allows what no rule blocks", () => {
    expect(acl).toMatchObject({ scope: "CLOUDFRONT", region: "us-east-1", default_action: { allow: {} } });
    const unsampled = { sampled_requests_enabled: false, cloudwatch_metrics_enabled: true };
    for (const looked of [acl, ...rules]) expect(looked).toMatchObject({ visibility_config: unsampled });
  });

  it("evaluates its own rules before the rules of AWS", () => {
    expect(rules.map(({ name, priority }) => [priority, name])).toEqual([
      [0, "rate"],
      [1, "body"],
      [2, "reputation"],
      [3, "bad-inputs"],
      [4, "common"],
    ]);
  });

  it("answers an address that sends too many requests with 429 and Retry-After", () => {
    const rule = ruleNamed("rate");
    expect(rule?.statement).toEqual({
      rate_based_statement: { limit: 600, aggregate_key_type: "IP", evaluation_window_sec: 60 },
    });
    expect(rule?.action?.block?.custom_response).toMatchObject({
      response_code: 429,
      custom_response_body_key: "rate",
      response_header: expect.arrayContaining([{ name: "Retry-After", value: "60" }]),
    });
    expect(answerOf("rate")).toMatchObject({ status: 429, code: "rate_limited" });
  });

  it("answers a body past 65,536 bytes below the API's path with 413", () => {
    const rule = ruleNamed("body");
    expect(rule?.statement).toEqual({
      and_statement: {
        statement: [
          {
            byte_match_statement: expect.objectContaining({
              field_to_match: { uri_path: {} },
              positional_constraint: "STARTS_WITH",
              search_string: "/v1/",
            }),
          },
          {
            // MATCH: a body that WAF cannot inspect to its end matches, because it is longer than the limit.
            size_constraint_statement: expect.objectContaining({
              field_to_match: { body: { oversize_handling: "MATCH" } },
              comparison_operator: "GT",
              size: 65_536,
            }),
          },
        ],
      },
    });
    expect(acl.association_config).toEqual({
      request_body: [{ cloudfront: { default_size_inspection_limit: "KB_64" } }],
    });
    expect(rule?.action?.block?.custom_response).toMatchObject({ response_code: 413 });
    expect(answerOf("body")).toMatchObject({ status: 413, code: "payload_too_large" });
  });

  it("uses the groups of AWS unchanged, except rules that match valid requests: those only count", () => {
    const groups = rules.filter((rule) => rule.override_action !== undefined);
    expect(groups.map(({ statement, override_action }) => [managed(statement).name, override_action])).toEqual([
      ["AWSManagedRulesAmazonIpReputationList", { none: {} }],
      ["AWSManagedRulesKnownBadInputsRuleSet", { none: {} }],
      ["AWSManagedRulesCommonRuleSet", { none: {} }],
    ]);
    const [reputation, inputs, common] = groups.map(({ statement }) => managed(statement).rule_action_override);
    expect([reputation, inputs]).toEqual([[], []]);
    for (const { action_to_use } of common ?? []) expect(action_to_use).toEqual({ count: {} });
    expect(common?.map(({ name }) => name)).toEqual([
      "NoUserAgent_HEADER",
      "SizeRestrictions_QUERYSTRING",
      "SizeRestrictions_BODY",
      "EC2MetaDataSSRF_BODY",
      "GenericLFI_URIPATH",
      "GenericLFI_BODY",
      "GenericRFI_BODY",
      "CrossSiteScripting_BODY",
      "EC2MetaDataSSRF_QUERYARGUMENTS",
      "GenericLFI_QUERYARGUMENTS",
      "GenericRFI_QUERYARGUMENTS",
      "CrossSiteScripting_QUERYARGUMENTS",
      "RestrictedExtensions_URIPATH",
      "RestrictedExtensions_QUERYARGUMENTS",
    ]);
  });
});

interface Managed {
  readonly name: string;
  readonly rule_action_override: readonly { readonly name: string; readonly action_to_use: object }[];
}
const managed = (statement: Rule["statement"]) => statement.managed_rule_group_statement as Managed;
