import { TerraformError } from "./errors.ts";

const whitespace = /\s*/y;
export const identifier = /[A-Za-z_][A-Za-z0-9_-]*/y;

/** Reads a source text from left to right. */
export class SourceReader {
  readonly #text: string;
  /** Set it to an earlier value to read again from there. */
  position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.position >= this.#text.length;
  }

  /** The next character, which is not consumed; empty at the end. */
  peek(): string {
    return this.#text[this.position] ?? "";
  }

  next(): string {
    const character = this.peek();
    this.position += 1;
    return character;
  }

  startsWith(text: string): boolean {
    return this.#text.startsWith(text, this.position);
  }

  /** Consumes the text when it comes next. */
  take(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.position += text.length;
    return true;
  }

  /** Consumes what a sticky pattern matches here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  skipSpace(): void {
    this.match(whitespace);
  }

  /** @throws TerraformError when another text comes next */
  expect(text: string): void {
    if (!this.take(text)) throw this.error(`expected "${text}"`);
  }

  /** @throws TerraformError when no identifier comes next */
  identifier(): string {
    const name = this.match(identifier);
    if (name === undefined) throw this.error("expected a value or a name");
    return name;
  }

  error(reason: string): TerraformError {
    const { position } = this;
    const near = this.#text.slice(Math.max(0, position - 20), position + 20);
    return new TerraformError(
      "expression_invalid",
      `${reason} at character ${position} (near ${JSON.stringify(near)})`,
    );
  }
}
