import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Listens on loopback: on the preferred port, or on a free one when that is taken. */
export async function listen(server: Server, preferredPort?: number): Promise<number> {
  try {
    await listenOn(server, preferredPort ?? 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    await listenOn(server, 0);
  }
  return (server.address() as AddressInfo).port;
}

/** Stops taking connections, lets what is under way finish and then closes. */
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
