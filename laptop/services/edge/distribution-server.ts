import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { closeServer, listen } from "../listen.ts";
import type { Distribution } from "./distribution.ts";

const drainMs = 2_000;
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const headerBytesMax = 32_768;

/** Serves a distribution on a port of its own. */
export class DistributionServer {
  readonly #server: Server;
  readonly #onFault: (error: unknown) => void;
  /** Open WebSockets, which the server does not close automatically. */
  readonly #sockets = new Set<Duplex>();
  #distribution: Distribution;

  constructor(distribution: Distribution, onFault: (error: unknown) => void) {
    this.#distribution = distribution;
    this.#onFault = onFault;
    this.#server = createServer({ keepAliveTimeout: 60_000, maxHeaderSize: headerBytesMax });
    this.#server.on("request", (message, response) => this.#handle(message, response));
    this.#server.on("upgrade", (message, socket, head) => this.#upgrade(message, socket, head));
  }

  /** @returns the port: the preferred one, or a free one when that is taken */
  listen(preferredPort: number | undefined): Promise<number> {
    return listen(this.#server, preferredPort);
  }

  /** Requests that come from now on go to another distribution. */
  replace(distribution: Distribution): void {
    this.#distribution = distribution;
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await closeServer(this.#server, drainMs);
  }

  #handle(message: IncomingMessage, response: ServerResponse): void {
    this.#distribution.handle(message, response).catch((error: unknown) => {
      this.#onFault(error);
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/html" });
      response.end();
    });
  }

  #upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => this.#sockets.delete(socket));
    this.#distribution.upgrade(message, socket, head).catch((error: unknown) => {
      this.#onFault(error);
      socket.end("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    });
  }
}
