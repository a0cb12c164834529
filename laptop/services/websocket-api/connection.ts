import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import type { Timers } from "../timers.ts";
import type { ConnectionFacts } from "./events.ts";
import { createFrameSizes } from "./frame-sizes.ts";
import type { WebSocketLimits } from "./websocket-api-service.ts";

export interface Close {
  readonly code: number;
  readonly reason: string;
}

export interface ConnectionOptions {
  readonly facts: ConnectionFacts;
  readonly socket: WebSocket;
  /** The bytes below the socket. */
  readonly stream: Duplex;
  readonly limits: WebSocketLimits;
  readonly timers: Timers;
  readonly onMessage: (text: string) => void;
  readonly onClose: (close: Close) => void;
}

const closeCodes = { goingAway: 1001, unsupportedData: 1003, tooBig: 1009 } as const;
/** How many bytes may wait here for a client that does not read. */
const waitingBytesMax = 4 * 1024 * 1024;

/** An open connection within the gateway's limits, as `@connections` shows and reaches it. */
export class Connection {
  readonly facts: ConnectionFacts;
  readonly #options: ConnectionOptions;
  readonly #socket: WebSocket;
  readonly #checkFrame: (chunk: Buffer) => void;
  readonly #stopLifetime: () => void;
  #stopIdle: () => void = () => undefined;
  #lastActiveAt: number;

  constructor(options: ConnectionOptions) {
    const { facts, socket, stream, limits, timers } = options;
    this.facts = facts;
    this.#options = options;
    this.#socket = socket;
    this.#lastActiveAt = timers.now();
    this.#stopLifetime = timers.after(limits.connectionMsMax, () => this.close());
    this.#watchIdle();
    this.#checkFrame = createFrameSizes((bytes) => {
      if (bytes > limits.frameBytesMax) socket.close(closeCodes.tooBig, "Frame is too large");
    });
    stream.on("data", this.#checkFrame);
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("ping", () => this.#touch());
    // A protocol error closes the socket automatically.
    socket.on("error", () => undefined);
    socket.on("close", (code, reason) => this.#end({ code, reason: reason.toString() }));
  }

  get lastActiveAt(): number {
    return this.#lastActiveAt;
  }

  /** Returns false when the client accepts no more: the connection is closed, or the client does not read. */
  send(text: string): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    if (this.#socket.bufferedAmount > waitingBytesMax) {
      this.#socket.terminate();
      return false;
    }
    this.#touch();
    this.#socket.send(text);
    return true;
  }

  close(): void {
    this.#socket.close(closeCodes.goingAway, "Going away");
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#touch();
    if (isBinary) this.#socket.close(closeCodes.unsupportedData, "Binary data is not taken");
    // A connection that is closing, because its frame was too large, accepts no more messages.
    else if (this.#socket.readyState === this.#socket.OPEN) this.#options.onMessage(data.toString());
  }

  #end(close: Close): void {
    this.#stopLifetime();
    this.#stopIdle();
    this.#options.stream.off("data", this.#checkFrame);
    this.#options.onClose(close);
  }

  #touch(): void {
    this.#lastActiveAt = this.#options.timers.now();
  }

  /** Closes the connection when nothing was sent for too long, else looks again when that could be. */
  #watchIdle(): void {
    const { limits, timers } = this.#options;
    const leftMs = this.#lastActiveAt + limits.idleMs - timers.now();
    if (leftMs <= 0) this.close();
    else this.#stopIdle = timers.after(leftMs, () => this.#watchIdle());
  }
}
