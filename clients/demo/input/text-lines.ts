const newline = 0x0a;

/** A longer line cannot be an order line. The limit keeps it from filling the memory. */
export const lineBytesMax = 16_384;

/** A line of text and its number, counted from 1. `text` is only the start of a line that is too long. */
export interface TextLine {
  readonly line: number;
  readonly text: string;
  readonly tooLong: boolean;
}

/** Splits bytes into lines that end with LF or CRLF. */
export async function* textLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<TextLine> {
  let pending: Buffer = Buffer.alloc(0);
  let longStart: string | undefined;
  let line = 1;
  const textLine = (bytes: Buffer): TextLine => {
    const tooLong = longStart !== undefined || bytes.length > lineBytesMax;
    const text = longStart ?? bytes.subarray(0, lineBytesMax).toString().replace(/\r$/, "");
    longStart = undefined;
    line += 1;
    return { line: line - 1, text, tooLong };
  };
  for await (const chunk of chunks) {
    const bytes = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      yield textLine(bytes.subarray(start, end));
      start = end + 1;
    }
    pending = bytes.subarray(start);
    if (pending.length > lineBytesMax) {
      longStart ??= pending.subarray(0, 60).toString();
      pending = Buffer.alloc(0);
    }
  }
  if (pending.length > 0 || longStart !== undefined) yield textLine(pending);
}
