import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket as Peer, WebSocketServer } from "ws";
import type { Level } from "./src/index.ts";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A reply to the next request instead of the server's; "hang up" closes the connection without an answer. */
export type Fault = Reply | "hang up";

export function levelOf(location: string, version: number, onHand: number): Level {
  const zeros = { reserved: 0, incoming: 0, damaged: 0, qualityHold: 0, safety: 0, backorderLimit: 0 };
  const updatedAt = new Date(1_800_000_000_000 + version).toISOString();
  return { sku: "MUG", location, ...zeros, onHand, available: onHand, sellable: onHand, version, updatedAt };
}

/**
 * Starts a small service on loopback that follows the contract: stock of one item by HTTP and WebSocket, with faults
 * on demand.
 */
export async function startStockServer() {
  const levels = new Map<string, Level>();
  const seen: Seen[] = [];
  const faults: Fault[] = [];
  const tickets = new Set<string>();
  const peers = new Map<Peer, Set<string>>();
  const frames: unknown[] = [];
  const state = { isMute: false, upgradeCount: 0 };

  const http = createServer((request, response) => void answer(request, response));
  const sockets = new WebSocketServer({ noServer: true });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += chunk;
    const path = request.url ?? "";
    const key = request.headers["idempotency-key"];
    seen.push({
      method: request.method ?? "",
      path,
      key: typeof key === "string" ? key : undefined,
      authorization: request.headers.authorization,
      body,
    });
    const fault = faults.shift();
    if (fault === "hang up") return void request.socket.destroy();
    const { status, body: answered, headers } = fault ?? route(path);
    const type = status < 400 ? "application/json" : "application/problem+json";
    response.writeHead(status, { "Content-Type": type, ...headers }).end(JSON.stringify(answered ?? {}));
  }

  function route(path: string): Reply {
    if (path === "/v1/live/tickets") {
      const ticket = crypto.randomUUID();
      tickets.add(ticket);
      return { status: 201, body: { ticket, expiresAt: new Date(Date.now() + 60_000).toISOString() } };
    }
    if (path === "/v1/stock/MUG") return { status: 200, body: { sku: "MUG", levels: [...levels.values()] } };
    if (path === "/v1/movements") return { status: 201, body: { movements: [] } };
    return { status: 404, body: { code: "not_found", detail: `nothing at ${path}`, status: 404 } };
  }

  http.on("upgrade", (request, socket, head) => {
    state.upgradeCount += 1;
    const ticket = new URL(request.url ?? "", "http://localhost").searchParams.get("token") ?? "";
    if (!tickets.delete(ticket)) return void socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
    sockets.handleUpgrade(request, socket, head, (peer) => {
      peers.set(peer, new Set());
      peer.on("close", () => peers.delete(peer));
      peer.on("message", (data) => take(peer, JSON.parse(String(data))));
    });
  });

  function take(peer: Peer, frame: { action: string; id?: string; topics?: string[] }): void {
    frames.push(frame);
    if (state.isMute) return;
    const send = (answered: object) => peer.send(JSON.stringify(answered));
    if (frame.action === "ping") {
      send({ type: "pong" });
      return;
    }
    const topics = peers.get(peer) ?? new Set();
    if (frame.action === "unsubscribe") for (const topic of frame.topics ?? []) topics.delete(topic);
    if (frame.action === "subscribe") {
      if (frame.topics?.some((topic) => topic.includes("REFUSED"))) {
        send({ type: "error", code: "forbidden", id: frame.id });
        return;
      }
      for (const topic of frame.topics ?? []) {
        topics.add(topic);
        // Sends parts, like the service for an item at many locations.
        const all = [...levels.values()].filter((level) => covers(topic, level));
        for (const [at, level] of all.entries()) {
          send({ type: "snapshot", topic, levels: [level], part: at + 1, last: at === all.length - 1 });
        }
        if (all.length === 0) send({ type: "snapshot", topic, levels: [], part: 1, last: true });
      }
    }
    send({ type: `${frame.action}d`, id: frame.id });
  }

  const tell = (level: Level) => {
    for (const [peer, topics] of peers) {
      for (const topic of topics) {
        if (covers(topic, level)) {
          peer.send(JSON.stringify({ type: "change", topic, level: { ...level, asOf: level.updatedAt } }));
        }
      }
    }
  };

  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    api: `http://${address}/v1`,
    websocket: `ws://${address}/live`,
    seen,
    frames,
    faults,
    state,
    peers,
    /** Changes a level and sends the change. */
    change: (level: Level) => {
      levels.set(level.location, level);
      tell(level);
    },
    /** Changes a level without sending the change, as if it was lost. */
    changeSilently: (level: Level) => levels.set(level.location, level),
    /** Sends a level that may be old or already known. */
    tell,
    dropConnections: () => {
      for (const peer of peers.keys()) peer.terminate();
    },
    stop: async () => {
      for (const peer of peers.keys()) peer.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

export type StockServer = Awaited<ReturnType<typeof startStockServer>>;

function covers(topic: string, { sku, location }: Level): boolean {
  return topic === `stock/${sku}` || topic === `stock/${sku}/${location}`;
}
