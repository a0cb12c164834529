import { isIP } from "node:net";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** Decides whether an event matches a pattern. */
export type Matcher = (event: Json) => boolean;
/** Decides about the values of the field at a leaf of the pattern. The list is empty when the event lacks the field. */
type LeafMatcher = (values: readonly Json[]) => boolean;
type ValueTest = (value: Json) => boolean;

/**
 * Compiles an event pattern of an EventBridge rule or of the filter criteria of an event source mapping.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * @throws Error that names the path of the part that is not a pattern
 */
export const compilePattern = (pattern: Json): Matcher => compileObject(pattern, "$");

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const fail = (path: string, problem: string): never => {
  throw new Error(`event pattern at ${path}: ${problem}`);
};

const compileObject = (pattern: Json, path: string): Matcher => {
  if (!isObject(pattern)) return fail(path, "must be an object");
  const fields = Object.entries(pattern);
  if (fields.length === 0) fail(path, "is empty");
  const tests = fields.map(([name, value]) => compileField({ name, value, path: `${path}.${name}` }));
  return (event) => tests.every((test) => test(event));
};

const compileField = (field: { name: string; value: Json; path: string }): Matcher => {
  const { name, value, path } = field;
  if (name === "$or") return compileOr(value, path);
  if (isArray(value)) {
    const leaf = compileLeaf(value, path);
    return (event) => leaf(leafValues(childOf(event, name)));
  }
  const nested = compileObject(value, path);
  return (event) => {
    const child = childOf(event, name);
    // An array of objects matches when one of its elements does.
    return isArray(child) ? child.some(nested) : nested(child ?? null);
  };
};

const compileOr = (value: Json, path: string): Matcher => {
  if (!isArray(value) || value.length === 0) return fail(path, "must be a list of patterns");
  const alternatives = value.map((alternative, index) => compileObject(alternative, `${path}[${index}]`));
  return (event) => alternatives.some((alternative) => alternative(event));
};

const childOf = (event: Json, name: string): Json | undefined =>
  isObject(event) && Object.hasOwn(event, name) ? event[name] : undefined;

/** An object is not a leaf, so `exists` does not count it. */
const leafValues = (value: Json | undefined): readonly Json[] => {
  if (value === undefined || isObject(value)) return [];
  return isArray(value) ? value.flatMap(leafValues) : [value];
};

const compileLeaf = (alternatives: readonly Json[], path: string): LeafMatcher => {
  if (alternatives.length === 0) fail(path, "an empty list matches nothing");
  const leaves = alternatives.map((alternative, index) => compileAlternative(alternative, `${path}[${index}]`));
  return (values) => leaves.some((leaf) => leaf(values));
};

const compileAlternative = (alternative: Json, path: string): LeafMatcher => {
  if (isArray(alternative)) return fail(path, "must be a value or an operator, not a list");
  if (!isObject(alternative)) return (values) => values.includes(alternative);
  const [[operator, operand] = ["", null as Json], ...others] = Object.entries(alternative);
  if (operator === "" || others.length > 0) return fail(path, "must have exactly one operator");
  if (operator === "exists") {
    if (typeof operand !== "boolean") return fail(path, "exists takes true or false");
    return (values) => values.length > 0 === operand;
  }
  const test = operator === "anything-but" ? compileAnythingBut(operand, path) : compileTest(operator, operand, path);
  return (values) => values.some(test);
};

const compileTest = (operator: string, operand: Json, path: string): ValueTest => {
  switch (operator) {
    case "prefix":
      return affix(operand, `${path}.prefix`, (value, wanted) => value.startsWith(wanted));
    case "suffix":
      return affix(operand, `${path}.suffix`, (value, wanted) => value.endsWith(wanted));
    case "equals-ignore-case":
      return equalsIgnoreCase(text(operand, path));
    case "wildcard":
      return wildcard(text(operand, path), path);
    case "numeric":
      return numeric(operand, path);
    case "cidr":
      return cidr(text(operand, path), path);
    default:
      return fail(path, `unknown operator "${operator}"`);
  }
};

const text = (operand: Json, path: string): string =>
  typeof operand === "string" ? operand : fail(path, `expected a text, got ${JSON.stringify(operand)}`);

const equalsIgnoreCase = (wanted: string): ValueTest => {
  const lower = wanted.toLowerCase();
  return (value) => typeof value === "string" && value.toLowerCase() === lower;
};

/** A prefix or suffix, either plain or `{"equals-ignore-case": ...}`. */
const affix = (operand: Json, path: string, holds: (value: string, wanted: string) => boolean): ValueTest => {
  if (isObject(operand)) {
    const wanted = text(operand["equals-ignore-case"] ?? null, path).toLowerCase();
    return (value) => typeof value === "string" && holds(value.toLowerCase(), wanted);
  }
  const wanted = text(operand, path);
  return (value) => typeof value === "string" && holds(value, wanted);
};

/** `*` matches any text; `\*` and `\\` match the characters themselves. */
const wildcard = (pattern: string, path: string): ValueTest => {
  if (/(^|[^\\])\*\*/.test(pattern)) fail(path, "two asterisks in a row are not allowed");
  const source = pattern.replaceAll(/\\([*\\])|\*|[.+?^${}()|[\]\\]/g, (match, escaped: string | undefined) => {
    if (escaped) return `\\${escaped}`;
    return match === "*" ? ".*" : `\\${match}`;
  });
  const expression = new RegExp(`^${source}$`, "s");
  return (value) => typeof value === "string" && expression.test(value);
};

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

const numeric = (operand: Json, path: string): ValueTest => {
  if (!isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    return fail(path, "numeric takes [operator, number] once or twice");
  }
  const tests = [0, 2]
    .filter((index) => index < operand.length)
    .map((index) => {
      const compare = comparisons[String(operand[index])];
      const bound = operand[index + 1];
      if (!compare || typeof bound !== "number") return fail(path, "numeric takes =, <, <=, > or >= and a number");
      return (value: number) => compare(value, bound);
    });
  return (value) => typeof value === "number" && tests.every((test) => test(value));
};

const addressNumber = (address: string): bigint => {
  if (isIP(address) === 4) return address.split(".").reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
  const [head = "", tail] = address.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const [left, right] = [groups(head), groups(tail ?? "")];
  const middle = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...middle, ...right].reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
};

const cidr = (range: string, path: string): ValueTest => {
  const [base = "", lengthText = ""] = range.split("/");
  const version = isIP(base);
  const bits = version === 4 ? 32 : 128;
  const length = Number(lengthText);
  if (version === 0 || lengthText === "" || !(length >= 0 && length <= bits)) fail(path, `"${range}" is no CIDR range`);
  const shift = BigInt(bits - length);
  const wanted = addressNumber(base) >> shift;
  return (value) => typeof value === "string" && isIP(value) === version && addressNumber(value) >> shift === wanted;
};

const listOf = (operand: Json): readonly Json[] => (isArray(operand) ? operand : [operand]);

/** Matches a present value that none of the operands matches. */
const compileAnythingBut = (operand: Json, path: string): ValueTest => {
  if (!isObject(operand)) {
    const excluded = listOf(operand);
    if (excluded.length === 0 || excluded.some((value) => isObject(value) || isArray(value))) {
      fail(path, "anything-but takes a value, a list of values or one operator");
    }
    return (value) => !excluded.includes(value);
  }
  const [[operator, inner] = ["", null as Json], ...others] = Object.entries(operand);
  const allowed = ["prefix", "suffix", "equals-ignore-case", "wildcard"];
  if (others.length > 0 || !allowed.includes(operator)) return fail(path, `anything-but takes one of ${allowed}`);
  const tests = listOf(inner).map((value) => compileTest(operator, value, path));
  return (value) => !tests.some((test) => test(value));
};
