import { children, type Expression, type ForExpression } from "./expression.ts";
import { parseTemplate } from "./parse.ts";
import { isList, isMap, type Value } from "./value.ts";

/** All references in a JSON value, each as its root and the static names after it: `["aws_sqs_queue", "orders", "arn"]`. */
export function referencesOf(json: Value): (readonly string[])[] {
  if (typeof json === "string") return json.includes("{") ? references(parseTemplate(json), new Set()) : [];
  if (isList(json)) return json.flatMap(referencesOf);
  if (!isMap(json)) return [];
  return Object.entries(json).flatMap(([key, value]) => [...referencesOf(key), ...referencesOf(value)]);
}

function references(expression: Expression, bound: ReadonlySet<string>): (readonly string[])[] {
  const inner = expression.kind === "for" ? withNames(bound, expression) : bound;
  const path = staticPath(expression);
  if (path !== undefined && !bound.has(path[0] ?? "")) {
    return [path, ...indexesOf(expression).flatMap((index) => references(index, bound))];
  }
  return children(expression).flatMap((child) => references(child, inner));
}

function withNames(bound: ReadonlySet<string>, { keyName, valueName }: ForExpression): ReadonlySet<string> {
  return new Set([...bound, valueName, ...(keyName === undefined ? [] : [keyName])]);
}

/** The names of a traversal up to its first computed step. */
function staticPath(expression: Expression): readonly string[] | undefined {
  if (expression.kind === "name") return [expression.name];
  if (expression.kind !== "attribute" && expression.kind !== "index") return undefined;
  const before = staticPath(expression.of);
  if (before === undefined || expression.kind === "index") return before;
  return [...before, expression.name];
}

function indexesOf(expression: Expression): Expression[] {
  if (expression.kind === "attribute") return indexesOf(expression.of);
  return expression.kind === "index" ? [expression.key, ...indexesOf(expression.of)] : [];
}
