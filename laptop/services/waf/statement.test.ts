import { describe, expect, it } from "vitest";
import { byPath, firewallOf, longBody, plain, request, ruleOf } from "./firewall.fixture.ts";
import type { Statement, WebRequest } from "./web-acl.ts";

describe("statements", () => {
  const matched = (statement: Statement, given: Partial<WebRequest>) =>
    firewallOf([ruleOf(statement)]).firewall.evaluate(request(given)).action === "block";

  it("are combined by and, or, not", () => {
    const both: Statement = { kind: "and", statements: [byPath("/a"), { kind: "not", statement: byPath("/a/b") }] };
    expect([matched(both, { uriPath: "/a" }), matched(both, { uriPath: "/a/b" })]).toEqual([true, false]);
    const either: Statement = { kind: "or", statements: [byPath("/a"), byPath("/b")] };
    expect([matched(either, { uriPath: "/b" }), matched(either, { uriPath: "/c" })]).toEqual([true, false]);
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

  it("look at no more of a body than allowed, and treat a longer one as configured", () => {
    const verdict = (bytes: number, oversize: "CONTINUE" | "MATCH" | "NO_MATCH") =>
      firewallOf([ruleOf(longBody(65_536, oversize))], { bodyInspectionBytesMax: 65_536 }).firewall.evaluate(
        request({ method: "POST", body: Buffer.alloc(bytes) }),
      ).action;
    expect(verdict(65_536, "MATCH")).toBe("allow");
    expect(verdict(65_537, "MATCH")).toBe("block");
    expect(verdict(65_537, "CONTINUE")).toBe("allow");
    expect(verdict(65_537, "NO_MATCH")).toBe("allow");
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
});
