import { TerraformError } from "./errors.ts";
import { at, type FunctionTable, invalid, numberArgument, textArgument } from "./function-arguments.ts";
import { describe, encode, isList, toBoolean, toList, toNumber, toText, type Value } from "./value.ts";

/** Supports %s %d %v %q %j %t %f %x, width, precision, and zero padding of integers. */
function format(args: readonly Value[]): string {
  let next = 1;
  return textArgument(args, 0).replace(
    /%(%|([-0]*)(\d*)(?:\.(\d+))?([a-z]))/g,
    (_, all, flags, width, precision, verb) => {
      if (all === "%") return "%";
      const value = at(args, next);
      next += 1;
      const shown = verbalize(String(verb), value, precision === undefined ? undefined : Number(precision));
      const size = Number(width || 0);
      if (String(flags).includes("-")) return shown.padEnd(size);
      return shown.padStart(size, String(flags).includes("0") ? "0" : " ");
    },
  );
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

/** A pattern between slashes is a regular expression. */
function replace(args: readonly Value[]): string {
  const pattern = textArgument(args, 1);
  const with_ = textArgument(args, 2);
  const expression = /^\/(.*)\/$/s.exec(pattern)?.[1];
  if (expression === undefined) return textArgument(args, 0).replaceAll(pattern, () => with_);
  return textArgument(args, 0).replace(regularExpression(expression, "g"), with_.replace(/\$\{(\w+)\}/g, "$$$1"));
}

/** Terraform uses RE2: named groups have a P, and flags stand at the beginning. */
function regularExpression(pattern: string, flags = ""): RegExp {
  const [, given = "", source = ""] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(pattern) ?? [];
  try {
    return new RegExp(source.replaceAll("(?P<", "(?<"), `${flags}${given}`);
  } catch (cause) {
    throw new TerraformError("expression_invalid", `${describe(pattern)} is no regular expression`, { cause });
  }
}

/** The match: a map of named groups, a list of unnamed groups, or a string where there is no group. */
function captured(found: RegExpMatchArray): Value {
  if (found.groups !== undefined) {
    return Object.fromEntries(Object.entries(found.groups).map(([name, value]) => [name, value ?? null]));
  }
  return found.length > 1 ? found.slice(1).map((value) => value ?? null) : found[0];
}

function regex(args: readonly Value[]): Value {
  const found = regularExpression(textArgument(args, 0)).exec(textArgument(args, 1));
  if (found === null)
    throw invalid(`${describe(textArgument(args, 1))} does not match ${describe(textArgument(args, 0))}`);
  return captured(found);
}

function substr(args: readonly Value[]): string {
  const signs = [...textArgument(args, 0)];
  const offset = numberArgument(args, 1) < 0 ? signs.length + numberArgument(args, 1) : numberArgument(args, 1);
  const size = numberArgument(args, 2);
  return signs.slice(offset, size < 0 ? undefined : offset + size).join("");
}

function trimSet(value: string, signs: string): string {
  const drop = new Set(signs);
  const kept = [...value];
  while (kept.length > 0 && drop.has(kept[0] ?? "")) kept.shift();
  while (kept.length > 0 && drop.has(kept.at(-1) ?? "")) kept.pop();
  return kept.join("");
}

export const stringFunctions = {
  chomp: (args) => textArgument(args, 0).replace(/[\r\n]+$/, ""),
  endswith: (args) => textArgument(args, 0).endsWith(textArgument(args, 1)),
  format,
  formatlist: (args) => {
    const size = Math.max(...args.slice(1).map((value) => (isList(value) ? value.length : 1)));
    return Array.from({ length: size }, (_, index) =>
      format(args.map((value) => (isList(value) ? (value[index] ?? null) : value))),
    );
  },
  indent: (args) => textArgument(args, 1).replaceAll("\n", `\n${" ".repeat(numberArgument(args, 0))}`),
  join: (args) => args.slice(1).flatMap(toList).map(toText).join(textArgument(args, 0)),
  lower: (args) => textArgument(args, 0).toLowerCase(),
  regex,
  regexall: (args) => [...textArgument(args, 1).matchAll(regularExpression(textArgument(args, 0), "g"))].map(captured),
  replace,
  split: (args) => textArgument(args, 1).split(textArgument(args, 0)),
  startswith: (args) => textArgument(args, 0).startsWith(textArgument(args, 1)),
  strcontains: (args) => textArgument(args, 0).includes(textArgument(args, 1)),
  substr,
  title: (args) => textArgument(args, 0).replace(/\b[a-z]/g, (sign) => sign.toUpperCase()),
  trim: (args) => trimSet(textArgument(args, 0), textArgument(args, 1)),
  trimprefix: (args) =>
    textArgument(args, 0).startsWith(textArgument(args, 1))
      ? textArgument(args, 0).slice(textArgument(args, 1).length)
      : textArgument(args, 0),
  trimspace: (args) => textArgument(args, 0).trim(),
  trimsuffix: (args) =>
    textArgument(args, 1) !== "" && textArgument(args, 0).endsWith(textArgument(args, 1))
      ? textArgument(args, 0).slice(0, -textArgument(args, 1).length)
      : textArgument(args, 0),
  upper: (args) => textArgument(args, 0).toUpperCase(),
} satisfies FunctionTable;
