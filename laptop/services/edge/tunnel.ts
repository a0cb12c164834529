import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { HttpTarget } from "./origin.ts";
import { filtered, hopByHop, type RawHeaders } from "./raw-headers.ts";

export interface TunnelOptions {
  readonly target: HttpTarget;
  readonly path: string;
  /** Without the headers of the connection itself. */
  readonly headers: RawHeaders;
  readonly viewer: Duplex;
  /** Bytes that the viewer sent after its request. */
  readonly head: Buffer;
  /** The headers that every answer of the distribution has. */
  readonly edgeHeaders: RawHeaders;
}

/** Sends a WebSocket's handshake to the origin, then all bytes in both directions until one side closes. @returns the origin's status */
export function tunnel({ target, path, headers, viewer, head, edgeHeaders }: TunnelOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const { host, port } = target;
    const handshake = [...headers, "Connection", "Upgrade", "Upgrade", "websocket"];
    const outgoing = httpRequest({ host, port, path, method: "GET", headers: handshake, setHost: false, agent: false });
    outgoing.setTimeout(target.readTimeoutMs, () => outgoing.destroy(new Error("the origin is late")));
    outgoing.once("error", reject);
    viewer.once("close", () => outgoing.destroy());
    outgoing.once("upgrade", (answer: IncomingMessage, origin: Duplex, first: Buffer) => {
      outgoing.setTimeout(0);
      viewer.write(`${headOf(answer, [...answer.rawHeaders, ...edgeHeaders])}`);
      join(viewer, origin);
      if (first.length > 0) viewer.write(first);
      if (head.length > 0) origin.write(head);
      resolve(101);
    });
    outgoing.once("response", (answer: IncomingMessage) => {
      const plain = filtered(answer.rawHeaders, (name) => !hopByHop.has(name));
      viewer.write(headOf(answer, [...plain, "Connection", "close", ...edgeHeaders]));
      answer.pipe(viewer);
      resolve(answer.statusCode ?? 502);
    });
    outgoing.end();
  });
}

function join(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
    from.pipe(to);
  }
}

function headOf({ statusCode = 502, statusMessage = "" }: IncomingMessage, headers: RawHeaders): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let index = 0; index < headers.length; index += 2) lines.push(`${headers[index]}: ${headers[index + 1]}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}
