import { jitteredMs } from "../backoff.ts";
import type { Ports, Socket, SocketEvents } from "../ports.ts";
import { type ClientFrame, parseFrame, type ServerFrame } from "./frames.ts";

const reconnectDelay = { firstMs: 500, ceilingMs: 30_000 };
/** The gateway ends a connection on which nothing was said for 10 minutes; proxies on the way do so earlier. */
const heartbeatMs = 25_000;
const pongMsMax = 10_000;
const openMsMax = 15_000;

export interface ConnectionOptions {
  readonly websocket: string;
  /** Gives a ticket; it opens one connection. */
  readonly ticket: () => Promise<string>;
  readonly ports: Ports;
  readonly onOpen: () => void;
  readonly onFrame: (frame: ServerFrame) => void;
  /** Told at each end of a connection, and when one could not be had. */
  readonly onDown: (error?: unknown) => void;
  /** At each heartbeat of an open connection. */
  readonly onBeat: () => void;
}

/** One connection that is opened again whenever it ends, until it is closed. */
export interface Connection {
  open(): void;
  close(): void;
  /** Ends the connection and opens none until it is woken up. */
  rest(): void;
  /** Starts over at once: after sleep or a change of network the old connection may be dead without knowing. */
  wake(): void;
  send(frame: ClientFrame): void;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { ports } = options;
  let socket: Socket | undefined;
  let opening: Socket | undefined;
  let isWanted = false;
  let isResting = false;
  let attempt = 0;
  /** Marks what belongs to a connection that was given up: whatever it still says is not heard. */
  let generation = 0;
  let cancelTimer = () => {};
  let cancelPong = () => {};

  const send = (frame: ClientFrame) => socket?.send(JSON.stringify(frame));

  const connect = async () => {
    const mine = ++generation;
    const isStale = () => mine !== generation;
    try {
      const ticket = await options.ticket();
      if (isStale()) return;
      cancelTimer = ports.after(openMsMax, () => down());
      opening = ports.openSocket(`${options.websocket}?token=${encodeURIComponent(ticket)}`, eventsOf(isStale));
    } catch (error) {
      if (!isStale()) down(error);
    }
  };

  const eventsOf = (isStale: () => boolean): SocketEvents => ({
    onOpen: () => {
      if (isStale()) return;
      socket = opening;
      beat();
      options.onOpen();
    },
    onText: (text) => {
      if (isStale()) return;
      cancelPong();
      // It works: the next failure starts from the shortest wait again.
      attempt = 0;
      const frame = parseFrame(text);
      if (frame) options.onFrame(frame);
    },
    onClose: () => {
      if (!isStale()) down();
    },
  });

  const beat = () => {
    cancelTimer();
    cancelTimer = ports.after(heartbeatMs, () => {
      cancelPong();
      cancelPong = ports.after(pongMsMax, () => down());
      send({ action: "ping" });
      beat();
      options.onBeat();
    });
  };

  const drop = () => {
    generation += 1;
    cancelTimer();
    cancelPong();
    const old = opening;
    socket = undefined;
    opening = undefined;
    old?.close();
  };

  const down = (error?: unknown) => {
    drop();
    options.onDown(error);
    if (!isWanted) return;
    attempt += 1;
    cancelTimer = ports.after(jitteredMs(ports.random(), attempt, reconnectDelay), () => void connect());
  };

  return {
    open: () => {
      if (isWanted) return;
      isWanted = true;
      attempt = 0;
      if (!isResting) void connect();
    },
    close: () => {
      isWanted = false;
      drop();
    },
    rest: () => {
      isResting = true;
      if (!isWanted) return;
      drop();
      options.onDown();
    },
    wake: () => {
      isResting = false;
      if (!isWanted) return;
      drop();
      options.onDown();
      attempt = 0;
      void connect();
    },
    send,
  };
}
