import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePattern, type Json } from "./event-pattern.ts";

const matches = (pattern: Json, event: Json) => compilePattern(pattern)(event);

/** After https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html: a pattern, an event that matches it, an event that does not. */
const operators: readonly [name: string, pattern: Json, yes: readonly Json[], no: readonly Json[]][] = [
  [
    "exact text",
    { a: ["x"] },
    [{ a: "x" }, { a: "x", b: 1 }, { a: ["y", "x"] }],
    [{ a: "X" }, { a: "" }, {}, { b: "x" }],
  ],
  ["exact number", { a: [300] }, [{ a: 300 }], [{ a: "300" }, { a: 301 }]],
  ["boolean", { a: [true] }, [{ a: true }], [{ a: false }, { a: "true" }]],
  ["null", { a: [null] }, [{ a: null }], [{ a: "" }, { a: 0 }, {}]],
  ["empty", { a: [""] }, [{ a: "" }], [{ a: null }, { a: " " }, {}]],
  ["or of values", { a: ["x", 1, null] }, [{ a: "x" }, { a: 1 }, { a: null }], [{ a: "y" }, {}]],
  ["and of fields", { a: ["x"], b: ["y"] }, [{ a: "x", b: "y" }], [{ a: "x" }, { b: "y" }, { a: "x", b: "x" }]],
  ["nested", { a: { b: ["x"] } }, [{ a: { b: "x", c: 1 } }], [{ a: "x" }, { a: {} }, { b: "x" }, {}]],
  [
    "prefix",
    { a: [{ prefix: "us-" }] },
    [{ a: "us-east-1" }, { a: "us-" }],
    [{ a: "eu-west-1" }, { a: "US-east-1" }, { a: 1 }, {}],
  ],
  [
    "prefix without case",
    { a: [{ prefix: { "equals-ignore-case": "US-" } }] },
    [{ a: "us-east" }, { a: "Us-" }],
    [{ a: "eu-" }],
  ],
  ["suffix", { a: [{ suffix: ".png" }] }, [{ a: "b.png" }], [{ a: "b.PNG" }, { a: "png" }, {}]],
  ["suffix without case", { a: [{ suffix: { "equals-ignore-case": ".png" } }] }, [{ a: "b.PNG" }], [{ a: "b.gif" }]],
  ["equals-ignore-case", { a: [{ "equals-ignore-case": "Alice" }] }, [{ a: "aLICE" }], [{ a: "alic" }, { a: 1 }, {}]],
  [
    "wildcard",
    { a: [{ wildcard: "dir/*/file.*" }] },
    [{ a: "dir/x/y/file.txt" }, { a: "dir//file." }],
    [{ a: "dir/file.txt" }, { a: "xdir/x/file.txt" }],
  ],
  [
    "wildcard with escapes",
    { a: [{ wildcard: "a\\*b\\\\c*" }] },
    [{ a: "a*b\\c" }, { a: "a*b\\cd" }],
    [{ a: "axb\\c" }, { a: "a*bc" }],
  ],
  [
    "wildcard with characters of expressions",
    { a: [{ wildcard: "1+1=(2)?*" }] },
    [{ a: "1+1=(2)?!" }],
    [{ a: "11=2" }],
  ],
  ["anything-but a text", { a: [{ "anything-but": "x" }] }, [{ a: "y" }, { a: 1 }, { a: null }], [{ a: "x" }, {}]],
  ["anything-but a number", { a: [{ "anything-but": 1 }] }, [{ a: 2 }, { a: "1" }], [{ a: 1 }]],
  [
    "anything-but a list",
    { a: [{ "anything-but": ["x", "y", 3] }] },
    [{ a: "z" }],
    [{ a: "x" }, { a: "y" }, { a: 3 }, {}],
  ],
  ["anything-but prefix", { a: [{ "anything-but": { prefix: "in" } }] }, [{ a: "out" }], [{ a: "init" }]],
  [
    "anything-but prefixes",
    { a: [{ "anything-but": { prefix: ["in", "up"] } }] },
    [{ a: "out" }],
    [{ a: "init" }, { a: "upper" }],
  ],
  [
    "anything-but suffix",
    { a: [{ "anything-but": { suffix: ["1234", "abcd"] } }] },
    [{ a: "12345" }],
    [{ a: "x1234" }, { a: "abcd" }],
  ],
  [
    "anything-but without case",
    { a: [{ "anything-but": { "equals-ignore-case": ["init", "error"] } }] },
    [{ a: "running" }],
    [{ a: "INIT" }, { a: "Error" }],
  ],
  [
    "anything-but wildcard",
    { a: [{ "anything-but": { wildcard: ["*/lib/*", "*/bin/*"] } }] },
    [{ a: "/src/x" }],
    [{ a: "/usr/lib/x" }, { a: "/usr/bin/x" }],
  ],
  ["numeric equal", { a: [{ numeric: ["=", 301.8] }] }, [{ a: 301.8 }], [{ a: 301 }, { a: "301.8" }]],
  [
    "numeric range",
    { a: [{ numeric: [">", 0, "<=", 5] }] },
    [{ a: 5 }, { a: 0.1 }],
    [{ a: 0 }, { a: 5.1 }, { a: "3" }, {}],
  ],
  ["numeric bound", { a: [{ numeric: ["<", -1] }] }, [{ a: -2 }], [{ a: -1 }]],
  ["cidr", { a: [{ cidr: "10.0.0.0/24" }] }, [{ a: "10.0.0.255" }], [{ a: "10.0.1.0" }, { a: "no" }, { a: "::1" }]],
  [
    "cidr of version 6",
    { a: [{ cidr: "2001:db8::/32" }] },
    [{ a: "2001:db8:1::1" }],
    [{ a: "2001:db9::1" }, { a: "10.0.0.1" }],
  ],
  [
    "exists",
    { a: { b: [{ exists: true }] } },
    [{ a: { b: null } }, { a: { b: "" } }],
    [{ a: {} }, {}, { a: { b: { c: 1 } } }],
  ],
  [
    "exists not",
    { a: { b: [{ exists: false }] } },
    [{ a: {} }, {}, { a: { c: 1 } }],
    [{ a: { b: null } }, { a: { b: 0 } }],
  ],
  ["value or absence", { a: ["x", { exists: false }] }, [{ a: "x" }, {}], [{ a: "y" }]],
  ["arrays in the event", { a: ["x", "y"] }, [{ a: ["z", "y"] }], [{ a: ["z"] }, { a: [] }]],
  [
    "arrays of objects",
    { a: { b: ["x"], c: [1] } },
    [{ a: [{ b: "y" }, { b: "x", c: 1 }] }],
    [{ a: [{ b: "x" }, { c: 1 }] }, { a: [] }],
  ],
  [
    "$or",
    { $or: [{ a: ["x"] }, { b: [{ numeric: [">", 1] }] }] },
    [{ a: "x" }, { b: 2 }, { a: "y", b: 2 }],
    [{ a: "y", b: 1 }, {}],
  ],
  ["$or beside a field", { c: [1], $or: [{ a: ["x"] }, { b: ["y"] }] }, [{ c: 1, a: "x" }], [{ a: "x" }, { c: 1 }]],
  ["$or nested", { d: { $or: [{ a: ["x"] }, { b: ["y"] }] } }, [{ d: { b: "y" } }], [{ b: "y" }]],
];

describe("compilePattern", () => {
  it.each(operators)("%s", (_, pattern, yes, no) => {
    for (const event of yes) expect([event, matches(pattern, event)]).toEqual([event, true]);
    for (const event of no) expect([event, matches(pattern, event)]).toEqual([event, false]);
  });

  it.each<[string, Json]>([
    ["an empty pattern", {}],
    ["a value without a list", { a: "x" }],
    ["an empty list", { a: [] }],
    ["a list in a list", { a: [["x"]] }],
    ["an unknown operator", { a: [{ contains: "x" }] }],
    ["two operators in one", { a: [{ prefix: "x", suffix: "y" }] }],
    ["exists with a text", { a: [{ exists: "true" }] }],
    ["numeric with a text", { a: [{ numeric: ["=", "1"] }] }],
    ["numeric with an odd list", { a: [{ numeric: [">", 1, "<"] }] }],
    ["two asterisks in a row", { a: [{ wildcard: "a**" }] }],
    ["a range that is none", { a: [{ cidr: "10.0.0.0" }] }],
    ["$or of no patterns", { $or: [] }],
    ["anything-but of an operator that it lacks", { a: [{ "anything-but": { numeric: ["=", 1] } }] }],
  ])("refuses %s and says where", (_, pattern) => {
    expect(() => compilePattern(pattern)).toThrow(/event pattern at \$/);
  });

  it("matches a value by the same value, and never by anything-but that value", () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(value, value, (wanted, other) => {
        expect(matches({ a: [wanted] }, { a: other })).toBe(wanted === other);
        if (typeof wanted === "string" || typeof wanted === "number") {
          expect(matches({ a: [{ "anything-but": wanted }] }, { a: other })).toBe(wanted !== other);
        }
      }),
    );
  });

  it("gives a meaning to no character of a wildcard but the asterisk", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (head, middle, tail) => {
        const escaped = (text: string) => text.replaceAll(/[\\*]/g, "\\$&");
        expect(matches({ a: [{ wildcard: `${escaped(head)}*${escaped(tail)}` }] }, { a: head + middle + tail })).toBe(
          true,
        );
      }),
    );
  });
});
