import { TerraformError } from "./errors.ts";
import { type BinaryOperator, binaryOperators, type Expression, type SplatStep } from "./expression.ts";

const whitespace = /\s*/y;
const identifier = /[A-Za-z_][A-Za-z0-9_-]*/y;
const numberText = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };
/** From loosest to tightest. */
const precedenceLevels: readonly (readonly BinaryOperator[])[] = [
  ["||"],
  ["&&"],
  ["==", "!="],
  ["<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/", "%"],
];
/** Deeper nesting is a mistake, not a configuration. */
const maxDepth = 200;

/** A string of Terraform's JSON syntax: text with `${...}` parts. Backslashes in it are plain characters. */
export function parseTemplate(source: string): Expression {
  return new Parser(source).template();
}

class Parser {
  readonly #source: string;
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  template(): Expression {
    const parts: Expression[] = [];
    let text = "";
    while (this.#at < this.#source.length) {
      const literal = this.#templateText();
      if (literal !== undefined) text += literal;
      else {
        if (text !== "") parts.push({ kind: "literal", value: text });
        text = "";
        parts.push(this.#interpolation());
      }
    }
    return join(parts, text);
  }

  /** One character of text, an escape included; undefined where an interpolation starts. */
  #templateText(): string | undefined {
    for (const sign of ["$", "%"]) {
      if (this.#take(`${sign}${sign}{`)) return `${sign}{`;
    }
    if (this.#looking("%{")) throw this.#error("template directives (%{ ... }) are not supported; use an expression");
    if (this.#looking("${")) return undefined;
    const sign = this.#source[this.#at] ?? "";
    this.#at += 1;
    return sign;
  }

  #interpolation(): Expression {
    this.#expect("${");
    if (this.#looking("~")) throw this.#error("template trim markers (~) are not supported");
    const expression = this.#expression();
    this.#space();
    this.#expect("}");
    return expression;
  }

  #expression(): Expression {
    if (this.#depth >= maxDepth) throw this.#error(`the expression is nested more than ${maxDepth} deep`);
    this.#depth += 1;
    const condition = this.#binary(0);
    this.#space();
    this.#depth -= 1;
    if (!this.#take("?")) return condition;
    const then = this.#expression();
    this.#space();
    this.#expect(":");
    return { kind: "conditional", condition, then, otherwise: this.#expression() };
  }

  #binary(level: number): Expression {
    const operators = precedenceLevels[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (let operator = this.#operator(operators); operator !== undefined; operator = this.#operator(operators)) {
      left = { kind: "binary", operator, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #operator(allowed: readonly BinaryOperator[]): BinaryOperator | undefined {
    this.#space();
    const found = binaryOperators.find((operator) => this.#looking(operator));
    if (found === undefined || !allowed.includes(found) || this.#looking("=>")) return undefined;
    this.#at += found.length;
    return found;
  }

  #unary(): Expression {
    this.#space();
    for (const operator of ["-", "!"] as const) {
      if (this.#take(operator)) return { kind: "unary", operator, operand: this.#unary() };
    }
    return this.#postfix(this.#primary());
  }

  #postfix(start: Expression): Expression {
    let expression = start;
    for (;;) {
      this.#space();
      if (this.#take("[*]")) return this.#postfix({ kind: "splat", of: expression, steps: this.#splatSteps(true) });
      if (this.#take(".*")) return this.#postfix({ kind: "splat", of: expression, steps: this.#splatSteps(false) });
      if (this.#looking("...")) return expression;
      if (this.#take(".")) expression = this.#member(expression);
      else if (this.#take("[")) expression = { kind: "index", of: expression, key: this.#closedIndex() };
      else return expression;
    }
  }

  #splatSteps(indexes: boolean): SplatStep[] {
    const steps: SplatStep[] = [];
    for (;;) {
      if (this.#looking("...") || this.#looking(".*") || this.#looking("[*]")) return steps;
      if (this.#take(".")) steps.push({ attribute: this.#identifier() });
      else if (indexes && this.#take("[")) steps.push({ index: this.#closedIndex() });
      else return steps;
    }
  }

  /** `.name`, or the older `.0` for an index. */
  #member(of: Expression): Expression {
    const number = this.#match(/\d+/y);
    if (number !== undefined) return { kind: "index", of, key: { kind: "literal", value: Number(number) } };
    return { kind: "attribute", of, name: this.#identifier() };
  }

  #closedIndex(): Expression {
    const key = this.#expression();
    this.#space();
    this.#expect("]");
    return key;
  }

  #primary(): Expression {
    this.#space();
    if (this.#take("(")) {
      const inner = this.#expression();
      this.#space();
      this.#expect(")");
      return inner;
    }
    if (this.#take('"')) return this.#quoted();
    if (this.#take("[")) return this.#listOrFor();
    if (this.#take("{")) return this.#objectOrFor();
    const number = this.#match(numberText);
    if (number !== undefined) return { kind: "literal", value: Number(number) };
    const name = this.#identifier();
    if (this.#take("(")) return this.#call(name);
    if (name === "true" || name === "false") return { kind: "literal", value: name === "true" };
    return name === "null" ? { kind: "literal", value: null } : { kind: "name", name };
  }

  #quoted(): Expression {
    const parts: Expression[] = [];
    let text = "";
    while (!this.#take('"')) {
      if (this.#at >= this.#source.length) throw this.#error('the closing " is missing');
      if (this.#take("\\")) text += this.#escape();
      else {
        const literal = this.#templateText();
        if (literal !== undefined) text += literal;
        else {
          if (text !== "") parts.push({ kind: "literal", value: text });
          text = "";
          parts.push(this.#interpolation());
        }
      }
    }
    return join(parts, text);
  }

  #escape(): string {
    const sign = this.#source[this.#at] ?? "";
    this.#at += 1;
    if (sign !== "u" && sign !== "U") {
      const plain = escapes[sign];
      if (plain === undefined) throw this.#error(`the escape \\${sign} is unknown`);
      return plain;
    }
    const digits = this.#match(sign === "u" ? /[0-9a-fA-F]{4}/y : /[0-9a-fA-F]{8}/y);
    if (digits === undefined) throw this.#error(`\\${sign} takes ${sign === "u" ? 4 : 8} hexadecimal digits`);
    return String.fromCodePoint(Number.parseInt(digits, 16));
  }

  #call(name: string): Expression {
    const args: Expression[] = [];
    let expandLast = false;
    while (!this.#closes(")")) {
      args.push(this.#expression());
      this.#space();
      expandLast = this.#take("...");
      this.#separator(")");
    }
    return { kind: "call", name, args, expandLast };
  }

  #listOrFor(): Expression {
    if (this.#startsFor()) return this.#for("]");
    const items: Expression[] = [];
    while (!this.#closes("]")) {
      items.push(this.#expression());
      this.#separator("]");
    }
    return { kind: "list", items };
  }

  #objectOrFor(): Expression {
    if (this.#startsFor()) return this.#for("}");
    const entries: { key: Expression; value: Expression }[] = [];
    while (!this.#closes("}")) {
      const key = this.#objectKey();
      this.#space();
      if (!this.#take("=")) this.#expect(":");
      entries.push({ key, value: this.#expression() });
      this.#separator("}");
    }
    return { kind: "object", entries };
  }

  /** A bare name is the key itself, not a reference; `(expression)` and quoted templates are evaluated. */
  #objectKey(): Expression {
    this.#space();
    const start = this.#at;
    const name = this.#match(identifier);
    this.#space();
    if (name !== undefined && (this.#looking("=") || this.#looking(":"))) return { kind: "literal", value: name };
    this.#at = start;
    return this.#unary();
  }

  #startsFor(): boolean {
    this.#space();
    const start = this.#at;
    if (this.#match(identifier) === "for" && /\s/.test(this.#source[this.#at] ?? "")) return true;
    this.#at = start;
    return false;
  }

  #for(close: "]" | "}"): Expression {
    const first = this.#spaced();
    this.#space();
    const second = this.#take(",") ? this.#spaced() : undefined;
    if (this.#spaced() !== "in") throw this.#error('"for" lacks its "in"');
    const of = this.#expression();
    this.#space();
    this.#expect(":");
    const head = this.#expression();
    this.#space();
    const made = close === "}" && this.#take("=>") ? this.#expression() : undefined;
    if (close === "}" && made === undefined) throw this.#error('"for" of an object lacks "=>"');
    this.#space();
    const grouped = this.#take("...");
    this.#space();
    const start = this.#at;
    const hasCondition = this.#match(identifier) === "if";
    if (!hasCondition) this.#at = start;
    const condition = hasCondition ? this.#expression() : undefined;
    this.#space();
    this.#expect(close);
    return {
      kind: "for",
      keyName: second === undefined ? undefined : first,
      valueName: second ?? first,
      of,
      key: made === undefined ? undefined : head,
      value: made ?? head,
      grouped,
      condition,
    };
  }

  #spaced(): string {
    this.#space();
    return this.#identifier();
  }

  #closes(sign: string): boolean {
    this.#space();
    return this.#take(sign);
  }

  #separator(close: string): void {
    this.#space();
    if (!this.#take(",") && !this.#looking(close)) throw this.#error(`expected "," or "${close}"`);
  }

  #identifier(): string {
    const name = this.#match(identifier);
    if (name === undefined) throw this.#error("expected a value or a name");
    return name;
  }

  #space(): void {
    this.#match(whitespace);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #looking(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#looking(text)) return false;
    this.#at += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#error(`expected "${text}"`);
  }

  #error(reason: string): TerraformError {
    const near = this.#source.slice(Math.max(0, this.#at - 20), this.#at + 20);
    return new TerraformError(
      "expression_invalid",
      `${reason} at character ${this.#at} (near ${JSON.stringify(near)})`,
    );
  }
}

/** A template that is one interpolation keeps its type; any other becomes a string. */
function join(parts: readonly Expression[], rest: string): Expression {
  const all: readonly Expression[] = rest === "" ? parts : [...parts, { kind: "literal", value: rest }];
  const [only, ...more] = all;
  if (only === undefined) return { kind: "literal", value: "" };
  return more.length === 0 ? only : { kind: "template", parts: all };
}
