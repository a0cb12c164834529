import { accountId, manualTimers } from "../services.fixture.ts";
import { createFirewall } from "./firewall.ts";
import type { Action, Rule, Statement, WebAcl, WebRequest } from "./web-acl.ts";

export const block: Action = { kind: "block" };
export const allow: Action = { kind: "allow" };
export const count: Action = { kind: "count" };
const browser: WebRequest["headers"] = [
  ["Host", "shop.example"],
  ["User-Agent", "test"],
];

export function request(given: Partial<WebRequest> = {}): WebRequest {
  const plain = { method: "GET", uriPath: "/", queryString: "", body: Buffer.alloc(0), clientIp: "127.0.0.1" };
  return { ...plain, ...given, headers: [...browser, ...(given.headers ?? [])] };
}

export function firewallOf(rules: readonly Rule[], more: Partial<WebAcl> = {}) {
  const clock = manualTimers();
  const acl: WebAcl = { name: "acl", scope: "CLOUDFRONT", defaultAction: allow, rules, ...more };
  return { clock, firewall: createFirewall(acl, { timers: clock.timers, accountId }) };
}

export function ruleOf(statement: Statement, action: Action = block, more: Partial<Rule> = {}): Rule {
  return { name: "subject", priority: 1, ...more, statement, action } as Rule;
}

export const plain = { transformations: ["NONE"] } as const;
export const byPath = (searchString: string): Statement => ({
  kind: "byteMatch",
  field: { part: "uriPath" },
  position: "STARTS_WITH",
  searchString,
  ...plain,
});
export const longBody = (bytes: number, oversize: "CONTINUE" | "MATCH" | "NO_MATCH"): Statement => ({
  kind: "sizeConstraint",
  field: { part: "body", oversize },
  comparison: "GT",
  bytes,
  ...plain,
});
