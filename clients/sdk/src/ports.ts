/** One connection, as the platform's WebSocket gives it. */
export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  /** The last call: refused, closed or broken. */
  readonly onClose: () => void;
}

/** What the client needs of the machine it runs on. */
export interface Ports {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly openSocket: (url: string, events: SocketEvents) => Socket;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls `run` once, later; gives what cancels it. */
  readonly after: (waitMs: number, run: () => void) => () => void;
  /** From 0 up to 1, as Math.random. */
  readonly random: () => number;
  /** 1-128 visible ASCII characters, never the same again. */
  readonly newId: () => string;
}

/** Browsers, Node 22 and workers. */
export const platformPorts: Ports = {
  fetch: (url, init) => fetch(url, init),
  openSocket,
  now: () => Date.now(),
  after: (waitMs, run) => {
    const timer = setTimeout(run, waitMs);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
  // crypto.randomUUID is missing on pages of plain http.
  newId: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join(""),
};

function openSocket(url: string, events: SocketEvents): Socket {
  const socket = new WebSocket(url);
  let isClosed = false;
  // React Native for Android opens a connection although it was closed before.
  socket.onopen = () => (isClosed ? socket.close() : events.onOpen());
  socket.onmessage = ({ data }) => events.onText(String(data));
  socket.onclose = () => events.onClose();
  return {
    send: (text) => socket.send(text),
    close: () => {
      isClosed = true;
      socket.close();
    },
  };
}
