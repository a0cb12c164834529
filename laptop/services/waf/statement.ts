import type { RateCounters } from "./rate.ts";
import { type Inspected, partOf, transform } from "./request-part.ts";
import type { Statement } from "./web-acl.ts";

export interface StatementContext extends Inspected {
  /** Fully qualified labels that earlier rules have added. */
  readonly labels: ReadonlySet<string>;
  readonly rates: RateCounters;
}

export function matches(statement: Statement, context: StatementContext): boolean {
  switch (statement.kind) {
    case "and":
      return statement.statements.every((part) => matches(part, context));
    case "or":
      return statement.statements.some((part) => matches(part, context));
    case "not":
      return !matches(statement.statement, context);
    case "labelMatch":
      return [...context.labels].some((label) => labelMatches(label, statement));
    case "rate":
      if (statement.scopeDown && !matches(statement.scopeDown, context)) return false;
      return context.rates.exceeds(statement, context.request);
    default:
      return inspect(statement, context);
  }
}

/** Whether a statement looks at the bodies of requests. */
export function inspectsBody(statement: Statement): boolean {
  switch (statement.kind) {
    case "and":
    case "or":
      return statement.statements.some(inspectsBody);
    case "not":
      return inspectsBody(statement.statement);
    case "rate":
      return statement.scopeDown !== undefined && inspectsBody(statement.scopeDown);
    case "labelMatch":
      return false;
    default:
      return statement.field.part === "body";
  }
}

type InspectingStatement = Extract<Statement, { field: unknown }>;

function inspect(statement: InspectingStatement, context: StatementContext): boolean {
  const part = partOf(context, statement.field);
  if ("oversize" in part) return part.oversize === "MATCH";
  return part.texts.some((text) => textMatches(statement, transform(text, statement.transformations)));
}

function textMatches(statement: InspectingStatement, text: string): boolean {
  switch (statement.kind) {
    case "regexMatch":
      return statement.regex.test(text);
    case "sizeConstraint":
      return compare(statement.comparison, text.length - statement.bytes);
    case "byteMatch":
      return bytesMatch(statement.position, text, Buffer.from(statement.searchString).toString("latin1"));
  }
}

function compare(
  comparison: Extract<Statement, { kind: "sizeConstraint" }>["comparison"],
  difference: number,
): boolean {
  switch (comparison) {
    case "EQ":
      return difference === 0;
    case "NE":
      return difference !== 0;
    case "LE":
      return difference <= 0;
    case "LT":
      return difference < 0;
    case "GE":
      return difference >= 0;
    case "GT":
      return difference > 0;
  }
}

function bytesMatch(
  position: Extract<Statement, { kind: "byteMatch" }>["position"],
  text: string,
  wanted: string,
): boolean {
  switch (position) {
    case "EXACTLY":
      return text === wanted;
    case "STARTS_WITH":
      return text.startsWith(wanted);
    case "ENDS_WITH":
      return text.endsWith(wanted);
    case "CONTAINS":
      return text.includes(wanted);
    case "CONTAINS_WORD":
      return containsWord(text, wanted);
  }
}

function containsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0 && word !== ""; at = text.indexOf(word, at + 1)) {
    if (!/\w/.test(text[at - 1] ?? " ") && !/\w/.test(text[at + word.length] ?? " ")) return true;
  }
  return false;
}

/** A key matches whole parts at the end of a label. For a namespace, it matches parts of the label that end in a colon. */
function labelMatches(label: string, { scope, key }: Extract<Statement, { kind: "labelMatch" }>): boolean {
  if (scope === "LABEL") return label === key || label.endsWith(`:${key}`);
  return label.startsWith(key) || label.includes(`:${key}`);
}
