import type { IncomingMessage } from "node:http";
import type { RawHeaders } from "./raw-headers.ts";

/** A request as the viewer sent it. */
export interface Viewer {
  readonly method: string;
  /** The path as sent, without the query. */
  readonly path: string;
  /** The query as sent, without the question mark. */
  readonly query: string;
  readonly headers: RawHeaders;
  readonly ip: string;
  readonly port: number;
  /** Such as `1.1`. */
  readonly httpVersion: string;
}

export function readViewer(message: IncomingMessage): Viewer {
  const url = message.url ?? "/";
  const at = url.indexOf("?");
  return {
    method: message.method ?? "GET",
    path: at < 0 ? url : url.slice(0, at),
    query: at < 0 ? "" : url.slice(at + 1),
    headers: message.rawHeaders,
    ip: message.socket.remoteAddress ?? "127.0.0.1",
    port: message.socket.remotePort ?? 0,
    httpVersion: message.httpVersion,
  };
}

/** The beginning of a request's body. The rest can still be read from the message. */
export interface BodyHead {
  readonly bytes: Buffer;
  readonly isWhole: boolean;
}

export function hasBody({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Reads at least `bytesWanted` bytes, or the whole body if it has fewer. */
export function readBodyHead(message: IncomingMessage, bytesWanted: number): Promise<BodyHead> {
  if (bytesWanted === 0 || !hasBody(message)) {
    return Promise.resolve({ bytes: Buffer.alloc(0), isWhole: !hasBody(message) });
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (isWhole: boolean) => {
      message.off("data", take).off("end", end).off("error", reject).pause();
      resolve({ bytes: Buffer.concat(chunks), isWhole });
    };
    const end = () => finish(true);
    const take = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= bytesWanted) finish(false);
    };
    message.on("data", take).on("end", end).on("error", reject);
  });
}
