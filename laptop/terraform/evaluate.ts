import { TerraformError } from "./errors.ts";
import type { Expression, ForExpression, SplatStep } from "./expression.ts";
import { callFunction } from "./functions.ts";
import { parseTemplate } from "./parse.ts";
import { describe, equal, isList, isMap, toBoolean, toNumber, toText, type Value, type ValueMap } from "./value.ts";

export type Scope = {
  /** Folder of the stack, for file functions. */
  readonly folder: string;
  /** The value of a root name: `var`, `local`, `data`, `each`, `count`, `path`, or a resource type; undefined when unknown. */
  readonly lookup: (name: string) => Value | undefined;
};

/** Evaluates a value of the JSON syntax. Each string and each key in it is a template. */
export function evaluateJson(json: Value, scope: Scope): Value {
  if (typeof json === "string") return json.includes("{") ? evaluate(parseTemplate(json), scope) : json;
  if (isList(json)) return json.map((item) => evaluateJson(item, scope));
  if (!isMap(json)) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [toText(evaluateJson(key, scope)), evaluateJson(value, scope)]),
  );
}

function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "template":
      return expression.parts.map((part) => toText(evaluate(part, scope))).join("");
    case "name":
      return root(expression.name, scope);
    case "attribute":
      return member(evaluate(expression.of, scope), expression.name, () => pathText(expression));
    case "index":
      return at(evaluate(expression.of, scope), evaluate(expression.key, scope), () => pathText(expression));
    case "splat":
      return splat(evaluate(expression.of, scope), expression.steps, scope, () => pathText(expression));
    case "call":
      return call(expression, scope);
    case "list":
      return expression.items.map((item) => evaluate(item, scope));
    case "object":
      return Object.fromEntries(
        expression.entries.map(({ key, value }) => [toText(evaluate(key, scope)), evaluate(value, scope)]),
      );
    case "unary": {
      const operand = evaluate(expression.operand, scope);
      return expression.operator === "-" ? -toNumber(operand) : !toBoolean(operand);
    }
    case "binary":
      return binary(expression, scope);
    case "conditional":
      return evaluate(toBoolean(evaluate(expression.condition, scope)) ? expression.then : expression.otherwise, scope);
    case "for":
      return forEach(expression, scope);
    default:
      return expression satisfies never;
  }
}

function unknown(message: string): TerraformError {
  return new TerraformError("reference_unknown", message);
}

function root(name: string, scope: Scope): Value {
  const value = scope.lookup(name);
  if (value === undefined) throw unknown(`${name} is not declared`);
  return value;
}

function member(value: Value, name: string, where: () => string): Value {
  if (isMap(value) && Object.hasOwn(value, name)) return value[name] ?? null;
  // A block that may appear once is an object in cdk.tf.json and a one-element list in an expression.
  if (isList(value) && value.length === 1 && isMap(value[0] ?? null)) return member(value[0] ?? null, name, where);
  const names = isMap(value) ? ` (has ${Object.keys(value).sort().join(", ")})` : "";
  throw unknown(`${where()}: there is no ${name} in this ${isMap(value) ? "object" : describe(value)}${names}`);
}

function at(value: Value, key: Value, where: () => string): Value {
  if (isList(value)) {
    const item = value[toNumber(key)];
    if (item === undefined) throw unknown(`${where()}: index ${toText(key)} is outside a list of ${value.length}`);
    return item;
  }
  if (isMap(value) && typeof key === "number") {
    if (key === 0) return value;
  }
  return member(value, toText(key), where);
}

function splat(value: Value, steps: readonly SplatStep[], scope: Scope, where: () => string): Value {
  const items = isList(value) ? value : value === null ? [] : [value];
  return items.map((item) =>
    steps.reduce<Value>(
      (current, step) =>
        "attribute" in step ? member(current, step.attribute, where) : at(current, evaluate(step.index, scope), where),
      item,
    ),
  );
}

function call(expression: Expression & { kind: "call" }, scope: Scope): Value {
  // These two functions handle failures, so their arguments are evaluated one by one.
  if (expression.name === "try") return firstEvaluable(expression.args, scope);
  if (expression.name === "can") return canEvaluate(expression.args, scope);
  const args = expression.args.map((argument) => evaluate(argument, scope));
  const last = args.at(-1);
  const all = expression.expandLast && last !== undefined && isList(last) ? [...args.slice(0, -1), ...last] : args;
  return callFunction(expression.name, all, { folder: scope.folder });
}

function firstEvaluable(args: readonly Expression[], scope: Scope): Value {
  for (const argument of args) {
    try {
      return evaluate(argument, scope);
    } catch (error) {
      if (!(error instanceof TerraformError) || error.code === "function_unknown") throw error;
    }
  }
  throw new TerraformError("expression_invalid", "try(): none of the arguments could be evaluated");
}

function canEvaluate(args: readonly Expression[], scope: Scope): boolean {
  try {
    for (const argument of args) evaluate(argument, scope);
    return true;
  } catch (error) {
    if (!(error instanceof TerraformError) || error.code === "function_unknown") throw error;
    return false;
  }
}

function binary({ operator, left, right }: Expression & { kind: "binary" }, scope: Scope): Value {
  const first = evaluate(left, scope);
  if (operator === "&&") return toBoolean(first) && toBoolean(evaluate(right, scope));
  if (operator === "||") return toBoolean(first) || toBoolean(evaluate(right, scope));
  const second = evaluate(right, scope);
  if (operator === "==") return equal(first, second);
  if (operator === "!=") return !equal(first, second);
  const [a, b] = [toNumber(first), toNumber(second)];
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a % b;
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    case ">=":
      return a >= b;
    default:
      return operator satisfies never;
  }
}

function entriesOf(value: Value): (readonly [Value, Value])[] {
  if (isList(value)) return value.map((item, index) => [index, item] as const);
  if (isMap(value)) {
    return Object.keys(value)
      .sort()
      .map((key) => [key, value[key] ?? null] as const);
  }
  throw new TerraformError("expression_invalid", `"for" needs a list or an object, got ${describe(value)}`);
}

function forEach(expression: ForExpression, scope: Scope): Value {
  const rounds = entriesOf(evaluate(expression.of, scope)).map(
    ([key, value]): Scope => ({
      folder: scope.folder,
      lookup: (name) => {
        if (name === expression.valueName) return value;
        return name === expression.keyName ? key : scope.lookup(name);
      },
    }),
  );
  const { condition } = expression;
  const kept = condition === undefined ? rounds : rounds.filter((inner) => toBoolean(evaluate(condition, inner)));
  const { key } = expression;
  if (key === undefined) return kept.map((inner) => evaluate(expression.value, inner));
  const pairs = kept.map((inner) => [toText(evaluate(key, inner)), evaluate(expression.value, inner)] as const);
  if (!expression.grouped) return Object.fromEntries(pairs);
  const groups: Record<string, Value[]> = {};
  for (const [name, value] of pairs) groups[name] = [...(groups[name] ?? []), value];
  return groups satisfies ValueMap;
}

function pathText(expression: Expression): string {
  switch (expression.kind) {
    case "name":
      return expression.name;
    case "attribute":
      return `${pathText(expression.of)}.${expression.name}`;
    case "index":
      return `${pathText(expression.of)}[${expression.key.kind === "literal" ? JSON.stringify(expression.key.value) : "..."}]`;
    case "splat":
      return `${pathText(expression.of)}[*]`;
    default:
      return "(...)";
  }
}
