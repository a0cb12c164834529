/** A WebSocket connection of the platform. */
export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  /** Called last, when the connection is refused, closed or broken. */
  readonly onClose: () => void;
}

/** The functions of the platform that the client needs. */
export interface Ports {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly openSocket: (url: string, events: SocketEvents) => Socket;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls `run` once after the wait. Returns a function that cancels it. */
  readonly after: (waitMs: number, run: () => void) => () => void;
  /** Returns a number from 0 to below 1, like Math.random. */
  readonly random: () => number;
  /** Returns a unique id of 1-128 visible ASCII characters. */
  readonly newId: () => string;
}

/** The functions of browsers, Node 22 and workers. */
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
  // React Native for Android opens a connection even if it was closed before.
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
