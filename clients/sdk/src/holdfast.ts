import { type Call, createCall, createMethods, type Methods } from "./client.ts";
import type { StockLevel } from "./live/levels.ts";
import { LiveFeed } from "./live/live-feed.ts";
import { createPollingFeed } from "./live/polling-feed.ts";
import { emptyView, type StockFeed, type StockView } from "./live/stock-view.ts";
import { type Ports, platformPorts } from "./ports.ts";
import type { TokenSource } from "./requests.ts";
import { type ReservationWatch, ReservationWatchSource } from "./reservation-watch.ts";
import { createWatch, type Watch, type WatchSource } from "./watch.ts";

export interface HoldfastOptions {
  /** Address of the API with its base path, such as `https://stock.example.com/v1`. */
  readonly api: string;
  /** Address of the WebSocket. @default none: watched stock is polled every 2 s */
  readonly websocket?: string;
  /** Access token, or a function that returns one; it is called again when a token is refused. @default no token */
  readonly token?: string | TokenSource;
  /** Functions that replace the platform's own. */
  readonly ports?: Partial<Ports>;
}

export interface Holdfast extends Methods {
  /** Calls an operation and returns status, ETag and whether it was a replay too. */
  readonly call: Call;
  /**
   * Returns a watch of an item's stock, at one location or at all. It is live while it has a listener. The same
   * arguments return the same watch.
   */
  watchStock(sku: string, location?: string): Watch<StockView>;
  /** Returns a watch of a reservation with its count-down. The same id returns the same watch. */
  watchReservation(id: string): ReservationWatch;
  /** Closes the connection and reads nothing until `wake`. For an app in the background. */
  rest(): void;
  /** Connects and reads again immediately. Call it when the device wakes up or the network changes. */
  wake(): void;
}

/**
 * Creates a client of the API.
 *
 * @example
 * const holdfast = createHoldfast({ api: "http://127.0.0.1:8787/v1", token });
 * const { id } = await holdfast.holdReservation({ body: { lines: [{ sku: "TEA-MUG-RED", quantity: 2 }] } });
 */
export function createHoldfast(options: HoldfastOptions): Holdfast {
  const ports: Ports = { ...platformPorts, ...options.ports };
  const given = options.token;
  const token: TokenSource = typeof given === "function" ? given : () => given;
  const call = createCall({ api: options.api, ports, token });
  const methods = createMethods(call);
  const feed = feedOf(options, methods, ports);
  const stock = new Map<string, WatchSource<StockView>>();
  const reservations = new Map<string, ReservationWatchSource>();
  return {
    ...methods,
    call,
    watchStock: (sku, location) => {
      const topic = location === undefined ? `stock/${sku}` : `stock/${sku}/${location}`;
      return remembered(stock, topic, () => stockWatch(feed, topic));
    },
    watchReservation: (id) => remembered(reservations, id, () => new ReservationWatchSource({ methods, ports, id })),
    rest: () => {
      feed.rest();
      for (const reservation of reservations.values()) reservation.rest();
    },
    wake: () => {
      feed.wake();
      for (const reservation of reservations.values()) reservation.wake();
    },
  };
}

function stockWatch(feed: StockFeed, topic: string): WatchSource<StockView> {
  const watch = createWatch(emptyView, () => {
    const leave = feed.follow(topic, watch.getSnapshot().levels, watch.set);
    return () => {
      leave();
      // The next listener sees the same numbers, which may be old by then.
      watch.set({ ...watch.getSnapshot(), state: "connecting", error: undefined });
    };
  });
  return watch;
}

function feedOf({ websocket }: HoldfastOptions, methods: Methods, ports: Ports): StockFeed {
  if (websocket !== undefined) {
    return new LiveFeed({ websocket, ports, ticket: async () => (await methods.createTicket({ body: {} })).ticket });
  }
  const read = async (topic: string, signal: AbortSignal): Promise<readonly StockLevel[]> => {
    const [, sku = "", location] = topic.split("/");
    if (location !== undefined) return [await methods.getLevel({ sku, location }, { signal })];
    return (await methods.getItemStock({ sku }, { signal })).levels;
  };
  return createPollingFeed({ read, ports });
}

/** The maximum number of kept watches. Then the oldest one without a listener is removed. A page shows hundreds. */
const rememberedMax = 1_000;

function remembered<Entry extends { isWatched(): boolean }>(
  entries: Map<string, Entry>,
  key: string,
  make: () => Entry,
): Entry {
  const known = entries.get(key);
  if (known !== undefined) return known;
  if (entries.size >= rememberedMax) {
    const [unused] = [...entries].find(([, entry]) => !entry.isWatched()) ?? [];
    if (unused !== undefined) entries.delete(unused);
  }
  const made = make();
  entries.set(key, made);
  return made;
}
