import { once } from "node:events";
import { WebSocket } from "ws";
import type { Availability, Level } from "../../contract/level.ts";
import { ServerFrame } from "../../contract/live.ts";

type Shown = Level | Availability;

const triesMax = 5;

/** A client that does only what the contract requires: it keeps the newest version of each level that it received. */
export interface LiveClient {
  readonly url: string;
  /** The newest level of each subscribed item and location, by `<sku> <location>`. */
  readonly levels: ReadonlyMap<string, Shown>;
  readonly frames: readonly ServerFrame[];
  /** Resolves when all snapshots have arrived. */
  subscribe(...topics: string[]): Promise<void>;
  /** Sends any text and resolves with the next frame of this type. */
  ask(text: string, type: ServerFrame["type"]): Promise<ServerFrame>;
  /** Drops the connection without a close frame, as a network failure does. */
  drop(): void;
  readonly closed: Promise<{ readonly code: number }>;
}

export async function connectLive(url: string, token: string): Promise<LiveClient> {
  return follow(url, await opened(`${url}?token=${encodeURIComponent(token)}`));
}

/** Opens a connection. It retries after a 5xx answer of the gateway, as clients do. */
async function opened(address: string, triesLeft = triesMax): Promise<WebSocket> {
  const socket = new WebSocket(address);
  try {
    await once(socket, "open");
    // A broken connection also emits close. The cause does not matter here.
    socket.on("error", () => undefined);
    return socket;
  } catch (error) {
    if (triesLeft === 1 || !/Unexpected server response: 5\d\d/.test(String(error))) throw error;
    return opened(address, triesLeft - 1);
  }
}

function follow(url: string, socket: WebSocket): LiveClient {
  const levels = new Map<string, Shown>();
  const frames: ServerFrame[] = [];
  const waiting = new Set<() => void>();
  const closed = new Promise<{ code: number }>((resolve) => socket.on("close", (code) => resolve({ code })));
  socket.on("message", (data) => {
    const frame = ServerFrame.parse(JSON.parse(String(data)));
    frames.push(frame);
    for (const level of shownIn(frame)) {
      const key = `${level.sku} ${level.location}`;
      if (level.version > (levels.get(key)?.version ?? -1)) levels.set(key, level);
    }
    for (const look of waiting) look();
  });
  let lastId = 0;

  function until<Found>(find: () => Found | undefined): Promise<Found> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      void closed.then(({ code }) => reject(new Error(`the connection ended with ${code}`)));
      look();
    });
  }

  return {
    url,
    levels,
    frames,
    closed,
    async subscribe(...topics) {
      const start = frames.length;
      lastId += 1;
      const id = String(lastId);
      socket.send(JSON.stringify({ action: "subscribe", id, topics }));
      const wanted = topics.filter((topic) => topic.startsWith("stock/"));
      await until(() => {
        const since = frames.slice(start);
        const refused = since.find((frame) => frame.type === "error" && frame.id === id);
        if (refused) throw new Error(`subscribing was refused: ${JSON.stringify(refused)}`);
        const hasAll = wanted.every((topic) =>
          since.some((frame) => frame.type === "snapshot" && frame.topic === topic && frame.last),
        );
        return hasAll && since.some((frame) => frame.type === "subscribed" && frame.id === id) ? true : undefined;
      });
    },
    ask(text, type) {
      const start = frames.length;
      socket.send(text);
      return until(() => frames.slice(start).find((frame) => frame.type === type));
    },
    drop: () => socket.terminate(),
  };
}

/** Returns the status with which the gateway refuses the upgrade, or undefined when it accepts it. */
export function refusedWith(url: string): Promise<number | undefined> {
  const socket = new WebSocket(url);
  return new Promise((resolve, reject) => {
    socket.on("unexpected-response", (_, response) => resolve(response.statusCode));
    socket.on("open", () => resolve(undefined));
    socket.on("error", reject);
  }).finally(() => socket.terminate()) as Promise<number | undefined>;
}

function shownIn(frame: ServerFrame): readonly Shown[] {
  if (frame.type === "snapshot") return frame.levels;
  return frame.type === "change" ? [frame.level] : [];
}
