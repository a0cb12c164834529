/** Reads the headers of WebSocket frames in a byte stream (RFC 6455, section 5.2) and reports the size of each payload. */
export function createFrameSizes(onFrame: (payloadBytes: number) => void): (chunk: Buffer) => void {
  let header = Buffer.alloc(0);
  let payloadLeft = 0;
  return (chunk) => {
    let rest = chunk;
    while (rest.length > 0) {
      if (payloadLeft > 0) {
        const taken = Math.min(payloadLeft, rest.length);
        payloadLeft -= taken;
        rest = rest.subarray(taken);
        continue;
      }
      const before = header.length;
      header = Buffer.concat([header, rest.subarray(0, headerBytesMax - before)]);
      const parsed = parseHeader(header);
      if (!parsed) return;
      onFrame(parsed.payloadBytes);
      rest = rest.subarray(parsed.headerBytes - before);
      payloadLeft = parsed.payloadBytes;
      header = Buffer.alloc(0);
    }
  };
}

const headerBytesMax = 14;

/** Undefined while the header is not complete. */
function parseHeader(bytes: Buffer): { readonly headerBytes: number; readonly payloadBytes: number } | undefined {
  const second = bytes[1];
  if (second === undefined) return undefined;
  const short = second & 0x7f;
  const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
  const headerBytes = 2 + lengthBytes + (second & 0x80 ? 4 : 0);
  if (bytes.length < headerBytes) return undefined;
  if (lengthBytes === 0) return { headerBytes, payloadBytes: short };
  const payloadBytes = lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return { headerBytes, payloadBytes };
}
