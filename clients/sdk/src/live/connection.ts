import { jitteredMs } from "../backoff.ts";
import type { Ports, Socket, SocketEvents } from "../ports.ts";
import { type ClientFrame, parseFrame, type ServerFrame } from "./frames.ts";

const reconnectDelay = { firstMs: 500, ceilingMs: 30_000 };
/** The gateway closes a connection after 10 minutes without traffic. Proxies between do so earlier. */
const heartbeatMs = 25_000;
const pongMsMax = 10_000;
const openMsMax = 15_000;

export interface ConnectionOptions {
  readonly websocket: string;
  /** Returns a ticket, which opens one connection. */
  readonly ticket: () => Promise<string>;
  readonly ports: Ports;
  readonly onOpen: () => void;
  readonly onFrame: (frame: ServerFrame) => void;
  /** Called when a connection ends, and when none could be opened. */
  readonly onDown: (error?: unknown) => void;
  /** Called at each heartbeat of an open connection. */
  readonly onBeat: () => void;
}

/** A connection that reopens when it ends, until `close` is called. */
export class Connection {
  readonly #options: ConnectionOptions;
  #socket: Socket | undefined;
  #opening: Socket | undefined;
  #isWanted = false;
  #isResting = false;
  #attempt = 0;
  /** The number of the current connection. Events of an abandoned connection are ignored. */
  #generation = 0;
  #cancelTimer = () => {};
  #cancelPong = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  open(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#attempt = 0;
    if (!this.#isResting) void this.#connect();
  }

  close(): void {
    this.#isWanted = false;
    this.#drop();
  }

  /** Closes the connection and opens none until `wake` is called. */
  rest(): void {
    this.#isResting = true;
    if (!this.#isWanted) return;
    this.#drop();
    this.#options.onDown();
  }

  /** Reconnects immediately. After sleep or a network change the old connection may be dead without a close event. */
  wake(): void {
    this.#isResting = false;
    if (!this.#isWanted) return;
    this.#drop();
    this.#options.onDown();
    this.#attempt = 0;
    void this.#connect();
  }

  send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  async #connect(): Promise<void> {
    const { ports, ticket, websocket } = this.#options;
    const generation = ++this.#generation;
    const isStale = () => generation !== this.#generation;
    try {
      const opensOne = await ticket();
      if (isStale()) return;
      this.#cancelTimer = ports.after(openMsMax, () => this.#down());
      this.#opening = ports.openSocket(`${websocket}?token=${encodeURIComponent(opensOne)}`, this.#events(isStale));
    } catch (error) {
      if (!isStale()) this.#down(error);
    }
  }

  #events(isStale: () => boolean): SocketEvents {
    return {
      onOpen: () => {
        if (isStale()) return;
        this.#socket = this.#opening;
        this.#beat();
        this.#options.onOpen();
      },
      onText: (text) => {
        if (isStale()) return;
        this.#cancelPong();
        // The connection works, so the next failure starts again with the shortest wait.
        this.#attempt = 0;
        const frame = parseFrame(text);
        if (frame) this.#options.onFrame(frame);
      },
      onClose: () => {
        if (!isStale()) this.#down();
      },
    };
  }

  #beat(): void {
    const { ports, onBeat } = this.#options;
    this.#cancelTimer();
    this.#cancelTimer = ports.after(heartbeatMs, () => {
      this.#cancelPong();
      this.#cancelPong = ports.after(pongMsMax, () => this.#down());
      this.send({ action: "ping" });
      this.#beat();
      onBeat();
    });
  }

  #drop(): void {
    this.#generation += 1;
    this.#cancelTimer();
    this.#cancelPong();
    const old = this.#opening;
    this.#socket = undefined;
    this.#opening = undefined;
    old?.close();
  }

  #down(error?: unknown): void {
    const { ports, onDown } = this.#options;
    this.#drop();
    onDown(error);
    if (!this.#isWanted) return;
    this.#attempt += 1;
    const waitMs = jitteredMs(ports.random(), this.#attempt, reconnectDelay);
    this.#cancelTimer = ports.after(waitMs, () => void this.#connect());
  }
}
