import type { Expression } from "./expression.ts";

/** Collects the text and the expressions of one template. */
export class TemplateBuilder {
  readonly #parts: Expression[] = [];
  #text = "";

  addText(text: string): void {
    this.#text += text;
  }

  addExpression(expression: Expression): void {
    this.#endText();
    this.#parts.push(expression);
  }

  /** A template of one expression keeps the type of its value. Any other template is a string. */
  build(): Expression {
    this.#endText();
    const [only, ...more] = this.#parts;
    if (only === undefined) return { kind: "literal", value: "" };
    return more.length === 0 ? only : { kind: "template", parts: this.#parts };
  }

  #endText(): void {
    if (this.#text !== "") this.#parts.push({ kind: "literal", value: this.#text });
    this.#text = "";
  }
}
