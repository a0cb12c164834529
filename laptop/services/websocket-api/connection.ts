import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import type { Timers } from "../timers.ts";
import type { ConnectionFacts } from "./events.ts";
import { createFrameSizes } from "./frame-sizes.ts";
import type { WebSocketLimits } from "./websocket-api-service.ts";

/** An open connection, as `@connections` shows and reaches it. */
export interface Connection {
  readonly facts: ConnectionFacts;
  readonly lastActiveAt: number;
  /** False when it can take no more: it has closed, or does not read what was sent. */
  send(text: string): boolean;
  close(): void;
}

export interface ConnectionOptions {
  readonly facts: ConnectionFacts;
  readonly socket: WebSocket;
  readonly stream: Duplex;
  readonly limits: WebSocketLimits;
  readonly timers: Timers;
  readonly onMessage: (text: string) => void;
  readonly onClose: (close: { code: number; reason: string }) => void;
}

const closeCodes = { goingAway: 1001, unsupportedData: 1003, tooBig: 1009 } as const;
/** What a client that does not read may leave waiting here. */
const waitingBytesMax = 4 * 1024 * 1024;

/** Keeps one connection within the gateway's bounds. */
export function openConnection(options: ConnectionOptions): Connection {
  const { facts, socket, limits, timers } = options;
  let lastActiveAt = timers.now();
  const touch = () => {
    lastActiveAt = timers.now();
  };
  const stopTimers = startTimers(options, () => lastActiveAt);
  const sizes = createFrameSizes((bytes) => {
    if (bytes > limits.frameBytesMax) socket.close(closeCodes.tooBig, "Frame is too large");
  });
  options.stream.on("data", sizes);
  socket.on("message", (data: RawData, isBinary: boolean) => {
    touch();
    if (isBinary) return socket.close(closeCodes.unsupportedData, "Binary data is not taken");
    // One that is on its way out for its size is not heard any more.
    if (socket.readyState === socket.OPEN) options.onMessage(data.toString());
  });
  socket.on("ping", touch);
  // A protocol error closes the socket; nothing is left to be done about it.
  socket.on("error", () => undefined);
  socket.on("close", (code, reason) => {
    stopTimers();
    options.stream.off("data", sizes);
    options.onClose({ code, reason: reason.toString() });
  });
  return {
    facts,
    get lastActiveAt() {
      return lastActiveAt;
    },
    send: (text) => {
      if (socket.readyState !== socket.OPEN) return false;
      if (socket.bufferedAmount > waitingBytesMax) {
        socket.terminate();
        return false;
      }
      touch();
      socket.send(text);
      return true;
    },
    close: () => socket.close(closeCodes.goingAway, "Going away"),
  };
}

/** Ends the connection after its time, or when nothing was sent for long. */
function startTimers({ socket, limits, timers }: ConnectionOptions, lastActiveAt: () => number): () => void {
  const end = () => socket.close(closeCodes.goingAway, "Going away");
  const stopWhole = timers.after(limits.connectionMsMax, end);
  let stopIdle: () => void = () => undefined;
  const watch = () => {
    const leftMs = lastActiveAt() + limits.idleMs - timers.now();
    if (leftMs <= 0) return end();
    stopIdle = timers.after(leftMs, watch);
  };
  watch();
  return () => {
    stopWhole();
    stopIdle();
  };
}
