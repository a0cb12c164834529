import { type Call, createCall, createMethods, type Methods } from "./client.ts";
import type { StockLevel } from "./live/levels.ts";
import { createLiveFeed } from "./live/live-feed.ts";
import { createPollingFeed } from "./live/polling-feed.ts";
import { emptyView, type StockFeed, type StockView } from "./live/stock-view.ts";
import { type Ports, platformPorts } from "./ports.ts";
import type { TokenSource } from "./requests.ts";
import { createReservationWatch, type ReservationWatch } from "./reservation-watch.ts";
import { createWatch, type Watch } from "./watch.ts";

export interface HoldfastOptions {
  /** Address of the API with its base, such as `https://stock.example.com/v1`. */
  readonly api: string;
  /** Address of the WebSocket. @default none: watched stock is read every 2 s */
  readonly websocket?: string;
  /** Access token, or what gives one; it is asked again once a token is refused. @default none: public reads alone */
  readonly token?: string | TokenSource;
  /** What differs from the platform's own. */
  readonly ports?: Partial<Ports>;
}

export interface Holdfast extends Methods {
  /** An operation with status, ETag and whether it was a replay. */
  readonly call: Call;
  /** Stock of an item, at one location or all; live while somebody listens. The same watch for the same arguments. */
  watchStock(sku: string, location?: string): Watch<StockView>;
  /** A reservation with its count-down. The same watch for the same id. */
  watchReservation(id: string): ReservationWatch;
  /** Connects and reads again at once: call it when the device woke up or the network changed. */
  wake(): void;
}

/**
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
  const stock = new Map<string, Watch<StockView>>();
  const reservations = new Map<string, ReservationWatch>();
  return {
    ...methods,
    call,
    watchStock: (sku, location) => {
      const topic = location === undefined ? `stock/${sku}` : `stock/${sku}/${location}`;
      return remembered(stock, topic, () => {
        const watch = createWatch(emptyView, () => feed.follow(topic, (view) => watch.set(view)));
        return watch;
      });
    },
    watchReservation: (id) => remembered(reservations, id, () => createReservationWatch(methods, ports, id)),
    wake: () => feed.wake(),
  };
}

function feedOf({ websocket }: HoldfastOptions, methods: Methods, ports: Ports): StockFeed {
  if (websocket !== undefined) {
    return createLiveFeed({ websocket, ports, ticket: async () => (await methods.createTicket({ body: {} })).ticket });
  }
  const read = async (topic: string): Promise<readonly StockLevel[]> => {
    const [, sku = "", location] = topic.split("/");
    if (location !== undefined) return [await methods.getLevel({ sku, location })];
    return (await methods.getItemStock({ sku })).levels;
  };
  return createPollingFeed({ read, ports });
}

/** A page shows hundreds of things, not millions: the oldest entry makes room. */
const REMEMBERED_MAX = 1_000;

function remembered<Value>(entries: Map<string, Value>, key: string, make: () => Value): Value {
  const known = entries.get(key);
  if (known !== undefined) return known;
  const [oldest] = entries.keys();
  if (entries.size >= REMEMBERED_MAX && oldest !== undefined) entries.delete(oldest);
  const made = make();
  entries.set(key, made);
  return made;
}
