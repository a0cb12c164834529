import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Listens on the loopback address: on the preferred port, or on a free port when that is taken. */
export async function listen(server: Server, preferredPort?: number): Promise<number> {
  try {
    await listenOn(server, preferredPort ?? 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    await listenOn(server, 0);
  }
  return (server.address() as AddressInfo).port;
}

/** Takes no more connections, gives running requests up to `waitMs` to finish and then closes. */
export async function closeServer(server: Server, waitMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), waitMs);
  await closed;
  clearTimeout(timer);
}

function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}
