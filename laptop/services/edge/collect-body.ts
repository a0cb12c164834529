import { Readable } from "node:stream";

/** All bytes of a body; of one with more than `bytesMax` a stream with the same bytes, so that it can still be sent on. */
export async function collectBody(
  body: Readable,
  bytesMax: number,
): Promise<{ readonly whole: Buffer } | { readonly tooLarge: Readable }> {
  const chunks: Buffer[] = [];
  let size = 0;
  const iterator = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await iterator.next();
    if (done) return { whole: Buffer.concat(chunks) };
    chunks.push(value);
    size += value.length;
    if (size > bytesMax) return { tooLarge: Readable.from(resumed(chunks, iterator)) };
  }
}

async function* resumed(chunks: readonly Buffer[], iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
}
