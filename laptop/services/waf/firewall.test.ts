import { describe, expect, it } from "vitest";
import { allow, block, byPath, count, firewallOf, request, ruleOf } from "./firewall.fixture.ts";

describe("rules", () => {
  it("run by priority, until one allows or blocks", () => {
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

  it("leave a request that none decides to the default action", () => {
    const { firewall } = firewallOf([], { defaultAction: block });
    expect(firewall.evaluate(request())).toMatchObject({ action: "block", rule: "Default_Action" });
  });

  it("get the labels of earlier rules", () => {
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
