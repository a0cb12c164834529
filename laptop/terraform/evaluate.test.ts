import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TerraformError } from "./errors.ts";
import { evaluateJson, type Scope } from "./evaluate.ts";
import { referencesOf } from "./references.ts";
import { encode, type Value } from "./value.ts";

const folder = mkdtempSync(join(tmpdir(), "evaluate-"));
writeFileSync(join(folder, "asset.txt"), "hello\n");

const roots: Readonly<Record<string, Value>> = {
  var: { region: "eu-west-1", count: 3, tags: { a: "1", b: "2" } },
  local: { names: ["x", "y"], empty: [] },
  aws_queue: { orders: { arn: "arn:q", rules: [{ id: "r1" }, { id: "r2" }], one: { inner: "deep" } } },
  data: { aws_region: { "current-1": { name: "eu-west-1" } } },
  each: { key: "k", value: { n: 5 } },
};
const scope: Scope = { folder, lookup: (name) => roots[name] };
const value = (json: Value): Value => evaluateJson(json, scope);
const code = (json: Value): string => {
  try {
    value(json);
  } catch (error) {
    if (error instanceof TerraformError) return error.code;
    throw error;
  }
  return "none";
};

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are Terraform's templates */
const table: readonly (readonly [source: Value, result: Value])[] = [
  // Text and escapes.
  ["plain", "plain"],
  ["$${not.a.reference}", "${not.a.reference}"],
  ["%%{ if }", "%{ if }"],
  ["a ${var.region} b", "a eu-west-1 b"],
  ["$1 {id} 100% \\n", "$1 {id} 100% \\n"],
  ["${var.count}", 3],
  ["n=${var.count}", "n=3"],
  ['${"quoted \\"x\\" ${var.region}\\n\\u0041"}', 'quoted "x" eu-west-1\nA'],
  // Traversals.
  ["${aws_queue.orders.arn}", "arn:q"],
  ["${aws_queue.orders.rules[1].id}", "r2"],
  ["${aws_queue.orders.rules.0.id}", "r1"],
  ["${aws_queue.orders.rules[*].id}", ["r1", "r2"]],
  ["${aws_queue.orders.rules.*.id}", ["r1", "r2"]],
  ['${aws_queue["orders"]["arn"]}', "arn:q"],
  ["${aws_queue.orders.one[0].inner}", "deep"],
  ["${element(aws_queue.orders.rules, 3).id}", "r2"],
  ["${data.aws_region.current-1.name}", "eu-west-1"],
  ["${each.value.n}", 5],
  // Literals, lists, objects.
  ['${[1, -2.5, true, null, "s", ]}', [1, -2.5, true, null, "s"]],
  ['${{a = 1, "b-${each.key}": [2], (var.region) = 3}}', { a: 1, "b-k": [2], "eu-west-1": 3 }],
  [{ "key-${each.key}": ["${var.count}"] }, { "key-k": [3] }],
  // Operators.
  ["${1 + 2 * 3 - 4 / 2 % 3}", 5],
  ["${var.count - 1}", 2],
  ["${var.count > 2 && !(var.count >= 4) || false}", true],
  ['${var.region == "eu-west-1" ? "here" : missing.reference}', "here"],
  ["${true ? [1] == [1] : false}", true],
  // For.
  ["${[for name in local.names : upper(name)]}", ["X", "Y"]],
  ['${[for i, name in local.names : "${i}${name}" if i > 0]}', ["1y"]],
  ["${{for key, tag in var.tags : tag => key}}", { "1": "a", "2": "b" }],
  ['${{for key, tag in var.tags : "all" => key...}}', { all: ["a", "b"] }],
  // Functions.
  ['${jsonencode({"b": [1, "<a&b>"], "a": null})}', '{"a":null,"b":[1,"\\u003ca\\u0026b\\u003e"]}'],
  ['${jsondecode("{\\"a\\":[1]}").a[0]}', 1],
  ['${join("-", ["a", var.region])}', "a-eu-west-1"],
  ['${sha1("hello")}', "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"],
  ['${base64sha256("hello")}', "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="],
  ['${filebase64sha256("asset.txt")}', "WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="],
  ['${merge({"a": 1}, null, {"a": 2, "b": 3})}', { a: 2, b: 3 }],
  ["${concat([1], [2, 3])}", [1, 2, 3]],
  ["${max([1, 5, 2]...)}", 5],
  ['${format("%s-%03d %.1f %q %j %v %%", "a", 7, 1.26, "q", [1], true)}', 'a-007 1.3 "q" [1] true %'],
  ['${replace("a.b.c", ".", "-")}', "a-b-c"],
  ['${replace("arn:aws", "/(a)(.)/", "$2$1")}', "ran:was"],
  ['${replace("https://a.b/v1", "/^\\\\w+:..([^/]+).*$/", "$1")}', "a.b"],
  ['${regex("//([^/]+)", "https://a.b/v1")[0]}', "a.b"],
  ['${regex("(?P<host>[a-z.]+)/(?P<stage>v.)", "a.b/v1")}', { host: "a.b", stage: "v1" }],
  ['${regex("(?i)A+", "baa")}', "aa"],
  ['${regexall("a.", "ab ac")}', ["ab", "ac"]],
  ["${length(uuid()) + (uuid() == uuid() ? 100 : 0)}", 36],
  ['${lookup(var.tags, "z", "none")}', "none"],
  ["${toset([1, 1, 2])}", [1, 2]],
  ['${tostring(5)}${tonumber("6") + 1}', "57"],
  ["${length(local.names)}", 2],
  ['${split("/", "a/b")[1]}', "b"],
  ["${flatten([[1], [[2]]])}", [1, 2]],
  ["${keys(var.tags)}", ["a", "b"]],
  ['${coalesce(null, "", "x")}', "x"],
  ["${try(local.missing, local.names[5], 9)}", 9],
  ["${can(local.missing)}", false],
  ['${urlencode("a b/c*(")}', "a+b%2Fc%2A%28"],
  ['${substr("hello", -3, 2)}', "ll"],
  ["${one(local.empty)}", null],
];

describe("evaluateJson", () => {
  for (const [source, result] of table) {
    it(`evaluates ${JSON.stringify(source)}`, () => {
      expect(value(source)).toEqual(result);
    });
  }

  it.each([
    ["${jsonencod(1)}", "function_unknown"],
    ["${try(nope(1), 2)}", "function_unknown"],
    ["${aws_queue.missing.arn}", "reference_unknown"],
    ["${aws_queue.orders.nothing}", "reference_unknown"],
    ["${aws_topic.a.arn}", "reference_unknown"],
    ["${local.names[2]}", "reference_unknown"],
    ["${1 +}", "expression_invalid"],
    ["${var.region", "expression_invalid"],
    ["a ${local.names} b", "expression_invalid"],
    ["%{ if true }x%{ endif }", "expression_invalid"],
    ['${"open}', "expression_invalid"],
    ['${file("missing.txt")}', "expression_invalid"],
    [`\${${"(".repeat(500)}1${")".repeat(500)}}`, "expression_invalid"],
  ])("refuses %s", (source, expected) => {
    expect(code(source)).toBe(expected);
  });

  it("names an unknown function, the known functions and what to do", () => {
    expect(() => value("${jsonencod(1)}")).toThrow(/jsonencod\(\) is not known.*functions\.ts.*jsonencode/);
  });

  it("does not change a text without a template sign", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes("${") && !text.includes("%{"));
        expect(value(text)).toBe(text);
      }),
    );
  });

  it("evaluates a Terraform literal to the value that it encodes", () => {
    // HCL has no \\b and \\f.
    const escapes: Readonly<Record<string, string>> = { b: "\\u0008", f: "\\u000c" };
    const literal = (json: Value): string =>
      encode(json)
        .replace(/\\(.)/g, (all, sign: string) => escapes[sign] ?? all)
        .replaceAll("${", "$${")
        .replaceAll("%{", "%%{");
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (json) => {
        fc.pre(!JSON.stringify(json).includes("e+") && !Object.is(json, -0));
        expect(encode(value(`\${${literal(json as Value)}}`))).toBe(encode(json as Value));
      }),
    );
  });
});

describe("referencesOf", () => {
  it("finds all references, and no name that a for expression binds", () => {
    const found = referencesOf({
      a: '${aws_queue.orders.arn} ${join(",", [for q in local.names : q.id])}',
      "b-${var.region}": ["${aws_queue.orders.rules[local.index].id}", "${data.aws_region.current-1.name}"],
    });
    expect(found.map((names) => names.join("."))).toEqual([
      "aws_queue.orders.arn",
      "local.names",
      "var.region",
      "aws_queue.orders.rules.id",
      "local.index",
      "data.aws_region.current-1.name",
    ]);
  });
});
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: these are Terraform's templates */
