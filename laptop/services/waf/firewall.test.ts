import { describe, expect, it } from "vitest";
import { accountId, manualTimers } from "../services.fixture.ts";
import { createFirewall } from "./firewall.ts";
import type { Action, Rule, Statement, WebAcl, WebRequest } from "./web-acl.ts";

const block: Action = { kind: "block" };
const allow: Action = { kind: "allow" };
const count: Action = { kind: "count" };
const browser: WebRequest["headers"] = [
  ["Host", "shop.example"],
  ["User-Agent", "test"],
];

function request(given: Partial<WebRequest> = {}): WebRequest {
  const plain = { method: "GET", uriPath: "/", queryString: "", body: Buffer.alloc(0), clientIp: "127.0.0.1" };
  return { ...plain, ...given, headers: [...browser, ...(given.headers ?? [])] };
}

function firewallOf(rules: readonly Rule[], more: Partial<WebAcl> = {}) {
  const clock = manualTimers();
  const acl: WebAcl = { name: "acl", scope: "CLOUDFRONT", defaultAction: allow, rules, ...more };
  return { clock, firewall: createFirewall(acl, { timers: clock.timers, accountId }) };
}

function ruleOf(statement: Statement, action: Action = block, more: Partial<Rule> = {}): Rule {
  return { name: "subject", priority: 1, ...more, statement, action } as Rule;
}

const plain = { transformations: ["NONE"] } as const;
const byPath = (searchString: string): Statement => ({
  kind: "byteMatch",
  field: { part: "uriPath" },
  position: "STARTS_WITH",
  searchString,
  ...plain,
});
const longBody = (bytes: number, oversize: "CONTINUE" | "MATCH" | "NO_MATCH"): Statement => ({
  kind: "sizeConstraint",
  field: { part: "body", oversize },
  comparison: "GT",
  bytes,
  ...plain,
});

describe("rules", () => {
  it("are asked by priority, and the first that allows or blocks decides", () => {
    const { firewall } = firewallOf([
      ruleOf(byPath("/"), block, { name: "last", priority: 9 }),
      ruleOf(byPath("/a"), allow, { name: "second", priority: 2 }),
      ruleOf(byPath("/a/b"), count, { name: "first", priority: 1 }),
    ]);
    expect(firewall.evaluate(request({ uriPath: "/a/b" }))).toMatchObject({
      action: "allow",
      rule: "second",
      counted: ["first"],
    });
    expect(firewall.evaluate(request({ uriPath: "/c" }))).toMatchObject({ action: "block", rule: "last" });
  });

  it("leave what none decides to the default action", () => {
    const { firewall } = firewallOf([], { defaultAction: block });
    expect(firewall.evaluate(request())).toMatchObject({ action: "block", rule: "Default_Action" });
  });

  it("see the labels of the rules before", () => {
    const { firewall } = firewallOf([
      ruleOf(byPath("/a"), count, { name: "labels", priority: 1, labels: ["team:known"] }),
      ruleOf({ kind: "labelMatch", scope: "LABEL", key: "team:known" }, allow, { name: "known", priority: 2 }),
      ruleOf(byPath("/"), block, { name: "rest", priority: 4 }),
    ]);
    expect(firewall.evaluate(request({ uriPath: "/a" })).rule).toBe("known");
    expect(firewall.evaluate(request({ uriPath: "/b" })).rule).toBe("rest");
  });

  it("answer with their own response, and add headers for the origin", () => {
    const response = { status: 413, bodyKey: "large", headers: [["Retry-After", "1"]] } as const;
    const { firewall } = firewallOf(
      [
        ruleOf(byPath("/"), { kind: "count", insertHeaders: [["seen", "yes"]] }, { name: "mark", priority: 0 }),
        ruleOf(byPath("/large"), { kind: "block", response }),
      ],
      { responseBodies: { large: { contentType: "APPLICATION_JSON", content: "{}" } } },
    );
    expect(firewall.evaluate(request({ uriPath: "/large" }))).toMatchObject({
      action: "block",
      response: {
        status: 413,
        body: "{}",
        headers: [
          ["Retry-After", "1"],
          ["Content-Type", "application/json"],
        ],
      },
    });
    expect(firewall.evaluate(request())).toMatchObject({ action: "allow", headers: [["seen", "yes"]] });
  });
});

describe("statements", () => {
  const matched = (statement: Statement, given: Partial<WebRequest>) =>
    firewallOf([ruleOf(statement)]).firewall.evaluate(request(given)).action === "block";

  it("and, or, not", () => {
    const both: Statement = { kind: "and", statements: [byPath("/a"), { kind: "not", statement: byPath("/a/b") }] };
    expect([matched(both, { uriPath: "/a" }), matched(both, { uriPath: "/a/b" })]).toEqual([true, false]);
    const either: Statement = { kind: "or", statements: [byPath("/a"), byPath("/b")] };
    expect([matched(either, { uriPath: "/b" }), matched(either, { uriPath: "/c" })]).toEqual([true, false]);
  });

  it.each([
    ["EXACTLY", "word", ["word"], ["a word", "words"]],
    ["STARTS_WITH", "word", ["word", "words"], ["sword"]],
    ["ENDS_WITH", "word", ["word", "sword"], ["words"]],
    ["CONTAINS", "word", ["swords"], ["wor"]],
    ["CONTAINS_WORD", "word", ["a word", "word", "(word)"], ["swords", "word_", "words"]],
  ] as const)("a byte match that %s", (position, searchString, yes, no) => {
    const header = { part: "header", name: "x-TEXT" } as const;
    const statement: Statement = { kind: "byteMatch", field: header, position, searchString, ...plain };
    const verdict = (text: string) => matched(statement, { headers: [["X-Text", text]] });
    expect(yes.map(verdict)).toEqual(yes.map(() => true));
    expect(no.map(verdict)).toEqual(no.map(() => false));
    expect(matched(statement, {})).toBe(false);
  });

  it("transform the text first, in order", () => {
    const statement: Statement = {
      kind: "byteMatch",
      field: { part: "queryString" },
      position: "CONTAINS",
      searchString: "<script",
      transformations: ["URL_DECODE", "LOWERCASE"],
    };
    expect(matched(statement, { queryString: "q=%3CSCRIPT" })).toBe(true);
  });

  it("look at no more of a body than they may, and do with a longer one as they are told", () => {
    const verdict = (bytes: number, oversize: "CONTINUE" | "MATCH" | "NO_MATCH") =>
      firewallOf([ruleOf(longBody(65_536, oversize))], { bodyInspectionBytesMax: 65_536 }).firewall.evaluate(
        request({ method: "POST", body: Buffer.alloc(bytes) }),
      ).action;
    expect(verdict(65_536, "MATCH")).toBe("allow");
    expect(verdict(65_537, "MATCH")).toBe("block");
    expect(verdict(65_537, "CONTINUE")).toBe("allow");
    expect(verdict(65_537, "NO_MATCH")).toBe("allow");
  });
});

describe("rate rules", () => {
  const rate = (more: Partial<Extract<Statement, { kind: "rate" }>> = {}): Statement => ({
    kind: "rate",
    limit: 3,
    windowSeconds: 60,
    key: { by: "ip" },
    ...more,
  });

  it("block a key that is above its limit until the window has moved on", () => {
    const { firewall, clock } = firewallOf([ruleOf(rate())]);
    const ask = (clientIp: string) => firewall.evaluate(request({ clientIp })).action;
    expect([1, 2, 3, 4].map(() => ask("10.0.0.1"))).toEqual(["allow", "allow", "allow", "block"]);
    expect(ask("10.0.0.2")).toBe("allow");
    clock.advance(59_000);
    expect(ask("10.0.0.1")).toBe("block");
    clock.advance(1_000);
    expect(ask("10.0.0.1")).toBe("allow");
    clock.advance(3_600_000);
    expect([1, 2, 3, 4].map(() => ask("10.0.0.1"))).toEqual(["allow", "allow", "allow", "block"]);
  });

  it("count what their scope holds alone", () => {
    const { firewall } = firewallOf([ruleOf(rate({ limit: 1, scopeDown: byPath("/v1") }))]);
    const ask = (uriPath: string) => firewall.evaluate(request({ uriPath })).action;
    expect([ask("/a"), ask("/a"), ask("/v1"), ask("/v1/b"), ask("/a")]).toEqual([
      "allow",
      "allow",
      "allow",
      "block",
      "allow",
    ]);
  });

  it("count by the address that a header names", () => {
    const key = { by: "forwardedIp", header: "X-Forwarded-For", fallback: "MATCH" } as const;
    const { firewall } = firewallOf([ruleOf(rate({ limit: 1, key }))]);
    const ask = (value: string) => firewall.evaluate(request({ headers: [["x-forwarded-for", value]] })).action;
    expect([ask("10.0.0.1, 10.9.9.9"), ask("10.0.0.2"), ask("10.0.0.1")]).toEqual(["allow", "allow", "block"]);
    expect(ask("nonsense;")).toBe("block");
    expect(firewall.evaluate(request()).action).toBe("allow");
  });
});

describe("managed groups", () => {
  const common = (more: object = {}): Rule => ({
    name: "common",
    priority: 1,
    override: "none",
    group: { vendor: "AWS", name: "AWSManagedRulesCommonRuleSet", ...more },
  });

  it.each([
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
  ] as const)("%s blocks what AWS documents", (groupRule, yes, no) => {
    const { firewall } = firewallOf([common()]);
    expect(firewall.evaluate(request(yes as Partial<WebRequest>))).toMatchObject({ action: "block", groupRule });
    expect(firewall.evaluate(request(no as Partial<WebRequest>))).toMatchObject({ action: "allow", labels: new Set() });
  });

  it("blocks who names no user agent", () => {
    const { firewall } = firewallOf([common()]);
    expect(firewall.evaluate({ ...request(), headers: [["Host", "a"]] })).toMatchObject({
      groupRule: "NoUserAgent_HEADER",
    });
  });

  it("count a rule that is overridden, and label what it saw", () => {
    const label = "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body";
    const { firewall } = firewallOf([
      common({ actions: { SizeRestrictions_BODY: count } }),
      ruleOf({ kind: "labelMatch", scope: "LABEL", key: label }, block, { name: "labelled", priority: 2 }),
    ]);
    const verdict = firewall.evaluate(request({ body: Buffer.alloc(9_000) }));
    expect(verdict).toMatchObject({ rule: "labelled", counted: ["common/SizeRestrictions_BODY"] });
    expect([...verdict.labels]).toEqual([label]);
  });

  it("count as a whole under override: count", () => {
    const { firewall } = firewallOf([{ ...common(), override: "count" } as Rule]);
    expect(firewall.evaluate(request({ body: Buffer.from("../") }))).toMatchObject({
      action: "allow",
      counted: ["common/GenericLFI_BODY"],
    });
  });

  it("look at what their scope holds alone", () => {
    const { firewall } = firewallOf([common({ scopeDown: byPath("/v1") })]);
    expect(firewall.evaluate(request({ uriPath: "/a", body: Buffer.from("../") })).action).toBe("allow");
  });

  it("are refused when nobody knows them, or the rule that is overridden", () => {
    expect(() => firewallOf([common({ name: "AWSManagedRulesBotControlRuleSet" })])).toThrow(
      /common: .*cannot run here/,
    );
    expect(() => firewallOf([common({ actions: { SizeRestriction_BODY: count } })])).toThrow(
      "AWSManagedRulesCommonRuleSet has no rule SizeRestriction_BODY",
    );
  });
});
