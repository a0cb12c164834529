import { describe, expect, it } from "vitest";
import { createFrameSizes } from "./frame-sizes.ts";

describe("createFrameSizes", () => {
  it.each([1, 2, 3, 7, 1_000])("reads sizes however the bytes are cut (%i at a time)", (step) => {
    const sizes: number[] = [];
    const read = createFrameSizes((bytes) => sizes.push(bytes));
    const frames = [0, 5, 125, 126, 300, 65_536].flatMap((size) => [maskedHeader(size), Buffer.alloc(size)]);
    const stream = Buffer.concat(frames);
    for (let start = 0; start < stream.length; start += step) read(stream.subarray(start, start + step));
    expect(sizes).toEqual([0, 5, 125, 126, 300, 65_536]);
  });
});

function maskedHeader(size: number): Buffer {
  const mask = Buffer.alloc(4);
  if (size < 126) return Buffer.concat([Buffer.from([0x81, 0x80 | size]), mask]);
  const long = size > 65_535;
  const length = Buffer.alloc(long ? 8 : 2);
  if (long) length.writeBigUInt64BE(BigInt(size));
  else length.writeUInt16BE(size);
  return Buffer.concat([Buffer.from([0x81, 0x80 | (long ? 127 : 126)]), length, mask]);
}
