import { Transform, type TransformCallback } from "node:stream";

const newline = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

/** A longer line is no order line, and must not fill the memory. */
export const lineBytesMax = 16_384;

/**
 * Passes on whole lines whose quotes are closed, so that one stray quote cannot swallow the lines after it.
 * A line that is not passed on leaves an empty one in its place: the numbers of the others stay right.
 */
export class WholeLines extends Transform {
  #pending: Buffer = Buffer.alloc(0);
  #overlong = false;
  #line = 1;
  readonly #onBad: (bad: { line: number; reason: string; value: string }) => void;

  constructor(onBad: (bad: { line: number; reason: string; value: string }) => void) {
    super();
    this.#onBad = onBad;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      this.#pass(bytes.subarray(start, end));
      start = end + 1;
    }
    this.#pending = bytes.subarray(start);
    if (this.#pending.length > lineBytesMax) {
      this.#overlong = true;
      this.#pending = Buffer.alloc(0);
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#pending.length > 0 || this.#overlong) this.#pass(this.#pending);
    done();
  }

  #pass(line: Buffer): void {
    const text = line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
    const reason =
      this.#overlong || text.length > lineBytesMax ? `is longer than ${lineBytesMax} bytes` : brokenQuotes(text);
    if (reason === undefined) {
      this.push(text);
    } else {
      this.#onBad({ line: this.#line, reason, value: text.subarray(0, 60).toString() });
    }
    this.push("\n");
    this.#overlong = false;
    this.#line += 1;
  }
}

function brokenQuotes(text: Buffer): string | undefined {
  let count = 0;
  for (let at = text.indexOf(quote); at !== -1; at = text.indexOf(quote, at + 1)) count += 1;
  return count % 2 === 0 ? undefined : "has a quote that is not closed";
}
