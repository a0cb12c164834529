import { type BinaryOperator, binaryOperators, type Expression, type SplatStep } from "./expression.ts";
import { identifier, SourceReader } from "./source-reader.ts";
import { TemplateBuilder } from "./template-builder.ts";

const numberText = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };
/** From the lowest to the highest precedence. */
const precedenceLevels: readonly (readonly BinaryOperator[])[] = [
  ["||"],
  ["&&"],
  ["==", "!="],
  ["<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/", "%"],
];
/** Deeper nesting can only be a mistake. */
const maxDepth = 200;

/** Parses a string of Terraform's JSON syntax: text with `${...}` parts. Its backslashes are plain characters. */
export function parseTemplate(source: string): Expression {
  return new Parser(source).template();
}

class Parser {
  readonly #source: SourceReader;
  #depth = 0;

  constructor(source: string) {
    this.#source = new SourceReader(source);
  }

  template(): Expression {
    const template = new TemplateBuilder();
    while (!this.#source.isAtEnd) this.#templatePart(template);
    return template.build();
  }

  #templatePart(template: TemplateBuilder): void {
    const text = this.#templateText();
    if (text === undefined) template.addExpression(this.#interpolation());
    else template.addText(text);
  }

  /** One character or one escape of text; undefined where an interpolation starts. */
  #templateText(): string | undefined {
    for (const sign of ["$", "%"]) {
      if (this.#source.take(`${sign}${sign}{`)) return `${sign}{`;
    }
    if (this.#source.startsWith("%{"))
      throw this.#source.error("template directives (%{ ... }) are not supported; use an expression");
    if (this.#source.startsWith("${")) return undefined;
    return this.#source.next();
  }

  #interpolation(): Expression {
    this.#source.expect("${");
    if (this.#source.startsWith("~")) throw this.#source.error("template trim markers (~) are not supported");
    const expression = this.#expression();
    this.#source.skipSpace();
    this.#source.expect("}");
    return expression;
  }

  #expression(): Expression {
    if (this.#depth >= maxDepth) throw this.#source.error(`the expression is nested more than ${maxDepth} deep`);
    this.#depth += 1;
    const condition = this.#binary(0);
    this.#source.skipSpace();
    this.#depth -= 1;
    if (!this.#source.take("?")) return condition;
    const then = this.#expression();
    this.#source.skipSpace();
    this.#source.expect(":");
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
    this.#source.skipSpace();
    const found = binaryOperators.find((operator) => this.#source.startsWith(operator));
    if (found === undefined || !allowed.includes(found) || this.#source.startsWith("=>")) return undefined;
    this.#source.take(found);
    return found;
  }

  #unary(): Expression {
    this.#source.skipSpace();
    for (const operator of ["-", "!"] as const) {
      if (this.#source.take(operator)) return { kind: "unary", operator, operand: this.#unary() };
    }
    return this.#postfix(this.#primary());
  }

  #postfix(start: Expression): Expression {
    let expression = start;
    for (;;) {
      this.#source.skipSpace();
      if (this.#source.take("[*]"))
        return this.#postfix({ kind: "splat", of: expression, steps: this.#splatSteps(true) });
      if (this.#source.take(".*"))
        return this.#postfix({ kind: "splat", of: expression, steps: this.#splatSteps(false) });
      if (this.#source.startsWith("...")) return expression;
      if (this.#source.take(".")) expression = this.#member(expression);
      else if (this.#source.take("[")) expression = { kind: "index", of: expression, key: this.#closedIndex() };
      else return expression;
    }
  }

  #splatSteps(indexes: boolean): SplatStep[] {
    const steps: SplatStep[] = [];
    for (;;) {
      if (this.#source.startsWith("...") || this.#source.startsWith(".*") || this.#source.startsWith("[*]"))
        return steps;
      if (this.#source.take(".")) steps.push({ attribute: this.#source.identifier() });
      else if (indexes && this.#source.take("[")) steps.push({ index: this.#closedIndex() });
      else return steps;
    }
  }

  /** `.name`, or `.0`, an older way to write an index. */
  #member(of: Expression): Expression {
    const number = this.#source.match(/\d+/y);
    if (number !== undefined) return { kind: "index", of, key: { kind: "literal", value: Number(number) } };
    return { kind: "attribute", of, name: this.#source.identifier() };
  }

  #closedIndex(): Expression {
    const key = this.#expression();
    this.#source.skipSpace();
    this.#source.expect("]");
    return key;
  }

  #primary(): Expression {
    this.#source.skipSpace();
    if (this.#source.take("(")) {
      const inner = this.#expression();
      this.#source.skipSpace();
      this.#source.expect(")");
      return inner;
    }
    if (this.#source.take('"')) return this.#quoted();
    if (this.#source.take("[")) return this.#listOrFor();
    if (this.#source.take("{")) return this.#objectOrFor();
    const number = this.#source.match(numberText);
    if (number !== undefined) return { kind: "literal", value: Number(number) };
    const name = this.#source.identifier();
    if (this.#source.take("(")) return this.#call(name);
    if (name === "true" || name === "false") return { kind: "literal", value: name === "true" };
    return name === "null" ? { kind: "literal", value: null } : { kind: "name", name };
  }

  #quoted(): Expression {
    const template = new TemplateBuilder();
    while (!this.#source.take('"')) {
      if (this.#source.isAtEnd) throw this.#source.error('the closing " is missing');
      if (this.#source.take("\\")) template.addText(this.#escape());
      else this.#templatePart(template);
    }
    return template.build();
  }

  #escape(): string {
    const sign = this.#source.next();
    if (sign !== "u" && sign !== "U") {
      const plain = escapes[sign];
      if (plain === undefined) throw this.#source.error(`the escape \\${sign} is unknown`);
      return plain;
    }
    const digits = this.#source.match(sign === "u" ? /[0-9a-fA-F]{4}/y : /[0-9a-fA-F]{8}/y);
    if (digits === undefined) throw this.#source.error(`\\${sign} takes ${sign === "u" ? 4 : 8} hexadecimal digits`);
    return String.fromCodePoint(Number.parseInt(digits, 16));
  }

  #call(name: string): Expression {
    const args: Expression[] = [];
    let expandLast = false;
    while (!this.#closes(")")) {
      args.push(this.#expression());
      this.#source.skipSpace();
      expandLast = this.#source.take("...");
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
      this.#source.skipSpace();
      if (!this.#source.take("=")) this.#source.expect(":");
      entries.push({ key, value: this.#expression() });
      this.#separator("}");
    }
    return { kind: "object", entries };
  }

  /** A bare name is the key itself, not a reference; `(expression)` and quoted templates are evaluated. */
  #objectKey(): Expression {
    this.#source.skipSpace();
    const start = this.#source.position;
    const name = this.#source.match(identifier);
    this.#source.skipSpace();
    if (name !== undefined && (this.#source.startsWith("=") || this.#source.startsWith(":")))
      return { kind: "literal", value: name };
    this.#source.position = start;
    return this.#unary();
  }

  #startsFor(): boolean {
    this.#source.skipSpace();
    const start = this.#source.position;
    if (this.#source.match(identifier) === "for" && /\s/.test(this.#source.peek())) return true;
    this.#source.position = start;
    return false;
  }

  #for(close: "]" | "}"): Expression {
    const first = this.#spaced();
    this.#source.skipSpace();
    const second = this.#source.take(",") ? this.#spaced() : undefined;
    if (this.#spaced() !== "in") throw this.#source.error('"for" lacks its "in"');
    const of = this.#expression();
    this.#source.skipSpace();
    this.#source.expect(":");
    const head = this.#expression();
    this.#source.skipSpace();
    const made = close === "}" && this.#source.take("=>") ? this.#expression() : undefined;
    if (close === "}" && made === undefined) throw this.#source.error('"for" of an object lacks "=>"');
    this.#source.skipSpace();
    const grouped = this.#source.take("...");
    this.#source.skipSpace();
    const start = this.#source.position;
    const hasCondition = this.#source.match(identifier) === "if";
    if (!hasCondition) this.#source.position = start;
    const condition = hasCondition ? this.#expression() : undefined;
    this.#source.skipSpace();
    this.#source.expect(close);
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
    this.#source.skipSpace();
    return this.#source.identifier();
  }

  #closes(sign: string): boolean {
    this.#source.skipSpace();
    return this.#source.take(sign);
  }

  #separator(close: string): void {
    this.#source.skipSpace();
    if (!this.#source.take(",") && !this.#source.startsWith(close))
      throw this.#source.error(`expected "," or "${close}"`);
  }
}
