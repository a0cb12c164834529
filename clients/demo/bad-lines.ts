import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { BadLine } from "./input/order-line.ts";

const shownMax = 20;

/** Reports the lines that cannot be replayed: prints the first few, and writes all to a file when there are more. */
export class BadLines {
  count = 0;
  readonly #path: string;
  readonly #first: BadLine[] = [];
  #file: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  add(bad: BadLine): void {
    this.count += 1;
    if (this.count <= shownMax) {
      this.#first.push(bad);
      return;
    }
    if (this.#file === undefined) {
      mkdirSync(dirname(this.#path), { recursive: true });
      this.#file = openSync(this.#path, "w");
      for (const earlier of this.#first) this.#write(earlier);
    }
    this.#write(bad);
  }

  /** Closes the file and returns the lines to print; empty when every order line was good. */
  report(): string[] {
    if (this.#file !== undefined) closeSync(this.#file);
    if (this.count === 0) return [];
    const more = this.count - this.#first.length;
    return [
      `bad lines  ${this.count.toLocaleString("en")}, left out:`,
      ...this.#first.map((bad) => `  ${describe(bad)}`),
      ...(more > 0 ? [`  and ${more.toLocaleString("en")} more; all of them are in ${this.#path}`] : []),
    ];
  }

  #write(bad: BadLine): void {
    if (this.#file !== undefined) writeSync(this.#file, `${describe(bad)}\n`);
  }
}

/** Quotes the value as JSON, because raw control characters must not reach a terminal. */
function describe(bad: BadLine): string {
  return `line ${bad.line}: ${bad.column} ${JSON.stringify(bad.value.slice(0, 60))}: ${bad.reason}`;
}
