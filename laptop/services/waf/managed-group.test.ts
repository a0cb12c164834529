import { describe, expect, it } from "vitest";
import { block, byPath, count, firewallOf, request, ruleOf } from "./firewall.fixture.ts";
import type { Rule, WebRequest } from "./web-acl.ts";

const common = (more: object = {}): Rule => ({
  name: "common",
  priority: 1,
  override: "none",
  group: { vendor: "AWS", name: "AWSManagedRulesCommonRuleSet", ...more },
});

/** By rule: a request that it blocks, and one that it does not. */
const documented = [
  ["SizeRestrictions_QUERYSTRING", { queryString: "a".repeat(2_049) }, { queryString: "a".repeat(2_048) }],
  [
    "SizeRestrictions_Cookie_HEADER",
    { headers: [["Cookie", "a".repeat(10_241)]] },
    { headers: [["Cookie", "a".repeat(10_240)]] },
  ],
  ["SizeRestrictions_BODY", { body: Buffer.alloc(8_193) }, { body: Buffer.alloc(8_192) }],
  ["SizeRestrictions_URIPATH", { uriPath: `/${"a".repeat(1_024)}` }, { uriPath: `/${"a".repeat(1_023)}` }],
  ["UserAgent_BadBots_HEADER", { headers: [["User-Agent", "Nmap"]] }, {}],
  ["GenericLFI_BODY", { body: Buffer.from("../../etc") }, { body: Buffer.from("..a") }],
  ["GenericLFI_QUERYARGUMENTS", { queryString: "q=%2E%2E%2Fa" }, { queryString: "q=a..b" }],
  [
    "GenericRFI_BODY",
    { body: Buffer.from('"http://10.0.0.1/"') },
    { body: Buffer.from('"http://shop.example/10.0.0.1"') },
  ],
  ["EC2MetaDataSSRF_BODY", { body: Buffer.from("169.254.169.254") }, { body: Buffer.from("169.254.1.1") }],
  ["CrossSiteScripting_BODY", { body: Buffer.from("<script>a()") }, { body: Buffer.from("manuscript>") }],
  ["RestrictedExtensions_URIPATH", { uriPath: "/v1/items/A.ini" }, { uriPath: "/v1/items/A.inis" }],
] as const;

describe("managed groups", () => {
  it.each(documented)("%s blocks what AWS documents", (groupRule, yes, no) => {
    const { firewall } = firewallOf([common()]);
    expect(firewall.evaluate(request(yes as Partial<WebRequest>))).toMatchObject({ action: "block", groupRule });
    expect(firewall.evaluate(request(no as Partial<WebRequest>))).toMatchObject({ action: "allow", labels: new Set() });
  });
  it("block a request without a user agent", () => {
    const { firewall } = firewallOf([common()]);
    expect(firewall.evaluate({ ...request(), headers: [["Host", "a"]] })).toMatchObject({
      groupRule: "NoUserAgent_HEADER",
    });
  });

  it("count a rule that is overridden, and add its label", () => {
    const label = "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body";
    const { firewall } = firewallOf([
      common({ actions: { SizeRestrictions_BODY: count } }),
      ruleOf({ kind: "labelMatch", scope: "LABEL", key: label }, block, { name: "labelled", priority: 2 }),
    ]);
    const verdict = firewall.evaluate(request({ body: Buffer.alloc(9_000) }));
    expect(verdict).toMatchObject({ rule: "labelled", counted: ["common/SizeRestrictions_BODY"] });
    expect([...verdict.labels]).toEqual([label]);
  });

  it("only count under override: count", () => {
    const { firewall } = firewallOf([{ ...common(), override: "count" } as Rule]);
    expect(firewall.evaluate(request({ body: Buffer.from("../") }))).toMatchObject({
      action: "allow",
      counted: ["common/GenericLFI_BODY"],
    });
  });

  it("look only at requests in their scope", () => {
    const { firewall } = firewallOf([common({ scopeDown: byPath("/v1") })]);
    expect(firewall.evaluate(request({ uriPath: "/a", body: Buffer.from("../") })).action).toBe("allow");
  });

  it("are refused when the group, or the overridden rule, is not known", () => {
    expect(() => firewallOf([common({ name: "AWSManagedRulesBotControlRuleSet" })])).toThrow(
      /common: .*cannot run here/,
    );
    expect(() => firewallOf([common({ actions: { SizeRestriction_BODY: count } })])).toThrow(
      "AWSManagedRulesCommonRuleSet has no rule SizeRestriction_BODY",
    );
  });
});
