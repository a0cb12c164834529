import { describe, expect, it } from "vitest";
import { byPath, firewallOf, request, ruleOf } from "./firewall.fixture.ts";
import type { Statement } from "./web-acl.ts";

describe("rate rules", () => {
  const rate = (more: Partial<Extract<Statement, { kind: "rate" }>> = {}): Statement => ({
    kind: "rate",
    limit: 3,
    windowSeconds: 60,
    key: { by: "ip" },
    ...more,
  });

  it("block a key above its limit, until the window has moved on", () => {
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

  it("count only requests in their scope", () => {
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

  it("count by the address in a header", () => {
    const key = { by: "forwardedIp", header: "X-Forwarded-For", fallback: "MATCH" } as const;
    const { firewall } = firewallOf([ruleOf(rate({ limit: 1, key }))]);
    const ask = (value: string) => firewall.evaluate(request({ headers: [["x-forwarded-for", value]] })).action;
    expect([ask("10.0.0.1, 10.9.9.9"), ask("10.0.0.2"), ask("10.0.0.1")]).toEqual(["allow", "allow", "block"]);
    expect(ask("nonsense;")).toBe("block");
    expect(firewall.evaluate(request()).action).toBe("allow");
  });
});
