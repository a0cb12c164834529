import { type Agent, request as httpRequest, type IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { RawHeaders } from "./raw-headers.ts";
import type { BodyHead } from "./viewer.ts";

export interface OriginRequest {
  readonly method: string;
  /** The path, with the query. */
  readonly path: string;
  readonly headers: RawHeaders;
  readonly body?: { readonly head: BodyHead; readonly message: IncomingMessage };
}

export interface OriginResponse {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: Readable;
}

/** An origin gave no answer. */
export class OriginFailure extends Error {
  readonly reason: "unreachable" | "late";

  constructor(reason: OriginFailure["reason"], cause?: unknown) {
    super(`the origin is ${reason}`, { cause });
    this.reason = reason;
  }
}

export interface HttpTarget {
  readonly agent: Agent;
  readonly host: string;
  readonly port: number;
  readonly readTimeoutMs: number;
}

/** Sends a request to its origin, and the body as it comes from the viewer. @throws OriginFailure */
export function askOrigin(target: HttpTarget, given: OriginRequest): Promise<OriginResponse> {
  return new Promise((resolve, reject) => {
    const ask = (isLast: boolean) => {
      const { agent, host, port } = target;
      const { method, path } = given;
      const outgoing = httpRequest({ agent, host, port, method, path, headers: bodyLength(given), setHost: false });
      outgoing.setTimeout(target.readTimeoutMs, () => outgoing.destroy(new OriginFailure("late")));
      outgoing.once("response", (answer: IncomingMessage) =>
        resolve({ status: answer.statusCode ?? 502, headers: answer.rawHeaders, body: answer }),
      );
      outgoing.once("error", (error: NodeJS.ErrnoException) => {
        // The origin has closed this kept connection before it got the request, so one retry is safe.
        if (outgoing.reusedSocket && error.code === "ECONNRESET" && !isLast && !given.body) return ask(true);
        reject(error instanceof OriginFailure ? error : new OriginFailure("unreachable", error));
      });
      send(outgoing, given.body);
    };
    ask(false);
  });
}

/** Node adds no headers to a list of headers. Without a length and without chunks, the origin would expect no body. */
function bodyLength({ headers, body }: OriginRequest): string[] {
  if (!body || headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === "content-length")) {
    return [...headers];
  }
  return [...headers, "Transfer-Encoding", "chunked"];
}

function send(outgoing: ReturnType<typeof httpRequest>, body: OriginRequest["body"]): void {
  if (!body) return void outgoing.end();
  const { head, message } = body;
  if (head.isWhole) return void outgoing.end(head.bytes);
  if (head.bytes.length > 0) outgoing.write(head.bytes);
  // When the viewer goes away, the request to the origin ends too.
  message.once("close", () => {
    if (!message.complete) outgoing.destroy();
  });
  message.pipe(outgoing);
}
