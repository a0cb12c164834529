import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { TerraformError } from "./errors.ts";
import {
  describe,
  distinct,
  encode,
  equal,
  isList,
  isMap,
  toBoolean,
  toList,
  toMap,
  toNumber,
  toText,
  type Value,
  type ValueMap,
} from "./value.ts";

export type FunctionContext = {
  /** Folder of the stack's cdk.tf.json: paths are relative to it. */
  readonly folder: string;
};
type TerraformFunction = (args: readonly Value[], context: FunctionContext) => Value;

/** Calls a Terraform function; what is not in the table is an error, never a guess. */
export function callFunction(name: string, args: readonly Value[], context: FunctionContext): Value {
  const plain = name.replace(/^core::/, "");
  const implementation = Object.hasOwn(functions, plain) ? functions[plain] : undefined;
  if (implementation === undefined) {
    throw new TerraformError(
      "function_unknown",
      `the Terraform function ${name}() is not known to the laptop cloud; add it to laptop/terraform/functions.ts or avoid it (known: ${Object.keys(functions).sort().join(", ")})`,
    );
  }
  try {
    return implementation(args, context);
  } catch (error) {
    if (error instanceof TerraformError && !error.message.startsWith(`${name}(): `)) {
      throw new TerraformError(error.code, `${name}(): ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function invalid(message: string): TerraformError {
  return new TerraformError("expression_invalid", message);
}

function at(args: readonly Value[], index: number): Value {
  const value = args[index];
  if (value === undefined) throw invalid(`argument ${index + 1} is missing`);
  return value;
}

const text = (args: readonly Value[], index: number): string => toText(at(args, index));
const number = (args: readonly Value[], index: number): number => toNumber(at(args, index));
const list = (args: readonly Value[], index: number): readonly Value[] => toList(at(args, index));
const map = (args: readonly Value[], index: number): ValueMap => toMap(at(args, index));

type Algorithm = "md5" | "sha1" | "sha256" | "sha512";
const hash =
  (algorithm: Algorithm, encoding: "hex" | "base64"): TerraformFunction =>
  (args) =>
    createHash(algorithm).update(text(args, 0)).digest(encoding);
const fileHash =
  (algorithm: Algorithm, encoding: "hex" | "base64"): TerraformFunction =>
  (args, context) =>
    createHash(algorithm).update(readBytes(args, context)).digest(encoding);

function readBytes(args: readonly Value[], { folder }: FunctionContext): Buffer {
  const path = text(args, 0);
  try {
    return readFileSync(resolve(folder, path));
  } catch (cause) {
    throw new TerraformError("expression_invalid", `the file ${path} cannot be read`, { cause });
  }
}

/** Strings by Unicode code point, numbers by value: what sort() and the keys of maps follow. */
const ascending = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

function flatten(value: Value): readonly Value[] {
  return isList(value) ? value.flatMap(flatten) : [value];
}

function length(value: Value): number {
  if (typeof value === "string") return [...value].length;
  return isMap(value) ? Object.keys(value).length : toList(value).length;
}

function isEmpty(value: Value): boolean {
  return value === null || value === "";
}

function coalesce(values: readonly Value[]): Value {
  const found = values.find((value) => !isEmpty(value));
  if (found === undefined) throw invalid("every argument is null or empty");
  return found;
}

function lookup(args: readonly Value[]): Value {
  const key = text(args, 1);
  const found = map(args, 0)[key];
  if (found !== undefined) return found;
  if (args.length < 3) throw invalid(`the key ${JSON.stringify(key)} is missing and no default is given`);
  return at(args, 2);
}

function element(args: readonly Value[]): Value {
  const items = list(args, 0);
  const index = number(args, 1);
  if (items.length === 0) throw invalid("the list is empty");
  return items[((index % items.length) + items.length) % items.length] ?? null;
}

/** %s %d %v %q %j %t %f %x, width and precision and zero padding of integers; the verbs that configurations use. */
function format(args: readonly Value[]): string {
  let next = 1;
  return text(args, 0).replace(/%(%|([-0]*)(\d*)(?:\.(\d+))?([a-z]))/g, (_, all, flags, width, precision, verb) => {
    if (all === "%") return "%";
    const value = at(args, next);
    next += 1;
    const shown = verbalize(String(verb), value, precision === undefined ? undefined : Number(precision));
    const size = Number(width || 0);
    if (String(flags).includes("-")) return shown.padEnd(size);
    return shown.padStart(size, String(flags).includes("0") ? "0" : " ");
  });
}

function verbalize(verb: string, value: Value, precision: number | undefined): string {
  switch (verb) {
    case "s":
      return toText(value);
    case "d":
      return Math.trunc(toNumber(value)).toFixed(0);
    case "f":
      return toNumber(value).toFixed(precision ?? 6);
    case "x":
      return Math.trunc(toNumber(value)).toString(16);
    case "t":
      return String(toBoolean(value));
    case "q":
      return JSON.stringify(toText(value));
    case "j":
      return encode(value);
    case "v":
      return typeof value === "object" ? encode(value) : toText(value);
    default:
      throw invalid(`the verb %${verb} is not supported`);
  }
}

/** A pattern in slashes is a regular expression, as in Terraform. */
function replace(args: readonly Value[]): string {
  const pattern = text(args, 1);
  const with_ = text(args, 2);
  const expression = /^\/(.*)\/$/s.exec(pattern)?.[1];
  if (expression === undefined) return text(args, 0).replaceAll(pattern, () => with_);
  return text(args, 0).replace(regularExpression(expression, "g"), with_.replace(/\$\{(\w+)\}/g, "$$$1"));
}

/** Terraform's are RE2: named groups are written with a P, and flags stand at the beginning. */
function regularExpression(pattern: string, flags = ""): RegExp {
  const [, given = "", source = ""] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(pattern) ?? [];
  try {
    return new RegExp(source.replaceAll("(?P<", "(?<"), `${flags}${given}`);
  } catch (cause) {
    throw new TerraformError("expression_invalid", `${describe(pattern)} is no regular expression`, { cause });
  }
}

/** The match: a map when its groups are named, a list when they are not, a string when there are none. */
function captured(found: RegExpMatchArray): Value {
  if (found.groups !== undefined) {
    return Object.fromEntries(Object.entries(found.groups).map(([name, value]) => [name, value ?? null]));
  }
  return found.length > 1 ? found.slice(1).map((value) => value ?? null) : found[0];
}

function regex(args: readonly Value[]): Value {
  const found = regularExpression(text(args, 0)).exec(text(args, 1));
  if (found === null) throw invalid(`${describe(text(args, 1))} does not match ${describe(text(args, 0))}`);
  return captured(found);
}

function zipmap(args: readonly Value[]): Value {
  const keys = list(args, 0).map(toText);
  const values = list(args, 1);
  if (keys.length !== values.length) throw invalid(`got ${keys.length} keys and ${values.length} values`);
  return Object.fromEntries(keys.map((key, index) => [key, values[index] ?? null]));
}

function keys(value: Value): string[] {
  return Object.keys(toMap(value)).sort(ascending);
}

function decode(source: string): Value {
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw new TerraformError("expression_invalid", `${describe(source)} is not JSON`, { cause });
  }
}

function range(args: readonly Value[]): Value {
  const [start, end] = args.length === 1 ? [0, number(args, 0)] : [number(args, 0), number(args, 1)];
  const step = args.length > 2 ? number(args, 2) : start <= end ? 1 : -1;
  const count = Math.max(0, Math.ceil((end - start) / step));
  if (!(count <= 1024)) throw invalid("a range has at most 1,024 values");
  return Array.from({ length: count }, (_, index) => start + index * step);
}

function slice(args: readonly Value[]): Value {
  return list(args, 0).slice(number(args, 1), number(args, 2));
}

function substr(args: readonly Value[]): string {
  const signs = [...text(args, 0)];
  const offset = number(args, 1) < 0 ? signs.length + number(args, 1) : number(args, 1);
  const size = number(args, 2);
  return signs.slice(offset, size < 0 ? undefined : offset + size).join("");
}

const functions: Readonly<Record<string, TerraformFunction>> = {
  abs: (args) => Math.abs(number(args, 0)),
  abspath: (args, { folder }) => resolve(folder, text(args, 0)),
  alltrue: (args) => list(args, 0).every(toBoolean),
  anytrue: (args) => list(args, 0).some(toBoolean),
  base64decode: (args) => Buffer.from(text(args, 0), "base64").toString("utf8"),
  base64encode: (args) => Buffer.from(text(args, 0)).toString("base64"),
  base64sha256: hash("sha256", "base64"),
  base64sha512: hash("sha512", "base64"),
  basename: (args) => basename(text(args, 0)),
  ceil: (args) => Math.ceil(number(args, 0)),
  chomp: (args) => text(args, 0).replace(/[\r\n]+$/, ""),
  coalesce,
  coalescelist: (args) => args.find((value) => toList(value).length > 0) ?? [],
  compact: (args) => list(args, 0).filter((value) => !isEmpty(value)),
  concat: (args) => args.flatMap(toList),
  contains: (args) => list(args, 0).some((value) => equal(value, at(args, 1))),
  dirname: (args) => dirname(text(args, 0)),
  distinct: (args) => distinct(list(args, 0)),
  element,
  endswith: (args) => text(args, 0).endsWith(text(args, 1)),
  file: (args, context) => readBytes(args, context).toString("utf8"),
  filebase64: (args, context) => readBytes(args, context).toString("base64"),
  filebase64sha256: fileHash("sha256", "base64"),
  filebase64sha512: fileHash("sha512", "base64"),
  fileexists: (args, { folder }) => existsSync(resolve(folder, text(args, 0))),
  filemd5: fileHash("md5", "hex"),
  filesha1: fileHash("sha1", "hex"),
  filesha256: fileHash("sha256", "hex"),
  filesha512: fileHash("sha512", "hex"),
  flatten: (args) => flatten(list(args, 0)),
  floor: (args) => Math.floor(number(args, 0)),
  format,
  formatlist: (args) => {
    const size = Math.max(...args.slice(1).map((value) => (isList(value) ? value.length : 1)));
    return Array.from({ length: size }, (_, index) =>
      format(args.map((value) => (isList(value) ? (value[index] ?? null) : value))),
    );
  },
  indent: (args) => text(args, 1).replaceAll("\n", `\n${" ".repeat(number(args, 0))}`),
  index: (args) => {
    const found = list(args, 0).findIndex((value) => equal(value, at(args, 1)));
    if (found < 0) throw invalid("the value is not in the list");
    return found;
  },
  join: (args) => args.slice(1).flatMap(toList).map(toText).join(text(args, 0)),
  jsondecode: (args) => decode(text(args, 0)),
  jsonencode: (args) => encode(at(args, 0)),
  keys: (args) => keys(at(args, 0)),
  length: (args) => length(at(args, 0)),
  lookup,
  lower: (args) => text(args, 0).toLowerCase(),
  max: (args) => Math.max(...args.map(toNumber)),
  md5: hash("md5", "hex"),
  merge: (args) => Object.assign({}, ...args.filter((value) => value !== null).map(toMap)) as ValueMap,
  min: (args) => Math.min(...args.map(toNumber)),
  nonsensitive: (args) => at(args, 0),
  one: (args) => {
    const items = list(args, 0);
    if (items.length > 1) throw invalid(`the list has ${items.length} values, at most one is allowed`);
    return items[0] ?? null;
  },
  parseint: (args) => Number.parseInt(text(args, 0), number(args, 1)),
  range,
  regex,
  regexall: (args) => [...text(args, 1).matchAll(regularExpression(text(args, 0), "g"))].map(captured),
  replace,
  reverse: (args) => list(args, 0).toReversed(),
  sensitive: (args) => at(args, 0),
  setunion: (args) => distinct(args.flatMap(toList)),
  sha1: hash("sha1", "hex"),
  sha256: hash("sha256", "hex"),
  sha512: hash("sha512", "hex"),
  slice,
  sort: (args) => list(args, 0).map(toText).sort(ascending),
  split: (args) => text(args, 1).split(text(args, 0)),
  startswith: (args) => text(args, 0).startsWith(text(args, 1)),
  strcontains: (args) => text(args, 0).includes(text(args, 1)),
  substr,
  sum: (args) => list(args, 0).reduce<number>((total, value) => total + toNumber(value), 0),
  title: (args) => text(args, 0).replace(/\b[a-z]/g, (sign) => sign.toUpperCase()),
  tobool: (args) => (at(args, 0) === null ? null : toBoolean(at(args, 0))),
  tolist: (args) => list(args, 0),
  tomap: (args) => map(args, 0),
  tonumber: (args) => (at(args, 0) === null ? null : toNumber(at(args, 0))),
  toset: (args) => distinct(list(args, 0)),
  tostring: (args) => (at(args, 0) === null ? null : toText(at(args, 0))),
  trim: (args) => trimSet(text(args, 0), text(args, 1)),
  trimprefix: (args) =>
    text(args, 0).startsWith(text(args, 1)) ? text(args, 0).slice(text(args, 1).length) : text(args, 0),
  trimspace: (args) => text(args, 0).trim(),
  trimsuffix: (args) =>
    text(args, 1) !== "" && text(args, 0).endsWith(text(args, 1))
      ? text(args, 0).slice(0, -text(args, 1).length)
      : text(args, 0),
  upper: (args) => text(args, 0).toUpperCase(),
  urlencode: (args) =>
    encodeURIComponent(text(args, 0))
      .replaceAll("%20", "+")
      .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
  uuid: () => randomUUID(),
  values: (args) => keys(at(args, 0)).map((key) => map(args, 0)[key] ?? null),
  zipmap,
};

function trimSet(value: string, signs: string): string {
  const drop = new Set(signs);
  const kept = [...value];
  while (kept.length > 0 && drop.has(kept[0] ?? "")) kept.shift();
  while (kept.length > 0 && drop.has(kept.at(-1) ?? "")) kept.pop();
  return kept.join("");
}
