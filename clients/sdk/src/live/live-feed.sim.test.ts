import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { levelOf } from "../../stock-server.fixture.ts";
import { createClock } from "../clock.fixture.ts";
import { createHoldfast } from "../index.ts";
import type { Level } from "../operations.generated.ts";
import type { Socket, SocketEvents } from "../ports.ts";

const locations = ["LEEDS", "YORK", "HULL"];
const reconnectMsMax = 30_000;

/** Creates a service that loses, repeats and delays changes, and breaks connections. It answers subscriptions well. */
function createFaultyService() {
  const levels = new Map<string, Level>();
  let late: string[] = [];
  let open: (SocketEvents & { topics: Set<string> }) | undefined;
  const say = (frame: object) => open?.onText(JSON.stringify(frame));
  const change = (level: Level) => ({ type: "change", topic: "stock/MUG", level });
  return {
    levels,
    say,
    pings: 0,
    frames: [] as object[],
    isMute: false,
    connectionCount: 0,
    openSocket(_url: string, events: SocketEvents): Socket {
      const connection = { ...events, topics: new Set<string>() };
      this.connectionCount += 1;
      open = connection;
      queueMicrotask(() => connection.onOpen());
      return {
        close: () => {
          if (open === connection) open = undefined;
        },
        send: (text) => {
          const { action, id, topics = [] } = JSON.parse(text) as { action: string; id?: string; topics?: string[] };
          if (action === "ping") this.pings += 1;
          else this.frames.push({ action, id, topics });
          if (this.isMute || open !== connection) return;
          if (action === "ping") say({ type: "pong" });
          if (action === "unsubscribe") {
            for (const topic of topics) connection.topics.delete(topic);
            say({ type: "unsubscribed", id });
          }
          if (action !== "subscribe") return;
          for (const topic of topics) {
            connection.topics.add(topic);
            say({ type: "snapshot", topic, levels: [...levels.values()], part: 1, last: true });
          }
          say({ type: "subscribed", id });
        },
      };
    },
    move(location: string, onHand: number, fate: "delivered" | "delivered twice" | "late" | "lost") {
      const level = levelOf(location, (levels.get(location)?.version ?? 0) + 1, onHand);
      levels.set(location, level);
      if (open === undefined || !open.topics.has("stock/MUG")) return;
      if (fate === "late") late.push(JSON.stringify(change(level)));
      if (fate === "delivered" || fate === "delivered twice") say(change(level));
      if (fate === "delivered twice") say(change(level));
    },
    deliverLate() {
      for (const text of late.toReversed()) open?.onText(text);
      late = [];
    },
    breakConnection() {
      const broken = open;
      open = undefined;
      broken?.onClose();
    },
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

function create() {
  const service = createFaultyService();
  const clock = createClock();
  const ticket = { ticket: "t", expiresAt: "2030-01-01T00:00:00.000Z" };
  const holdfast = createHoldfast({
    api: "http://service/v1",
    websocket: "ws://service/live",
    ports: {
      ...clock,
      random: () => 0.5,
      openSocket: (url, events) => service.openSocket(url, events),
      fetch: async () => Response.json(ticket, { status: 201 }),
    },
  });
  return { service, clock, holdfast };
}

function start() {
  const created = create();
  const watch = created.holdfast.watchStock("MUG");
  watch.subscribe(() => undefined);
  return { ...created, watch };
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant("move" as const),
    location: fc.constantFrom(...locations),
    onHand: fc.nat(100),
    fate: fc.constantFrom("delivered" as const, "delivered twice" as const, "late" as const, "lost" as const),
  }),
  fc.record({ kind: fc.constantFrom("deliver late" as const, "break" as const, "wait" as const) }),
);

describe("the live feed (simulated)", () => {
  it("always ends with the right numbers, whatever was lost, repeated, late or broken", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { service, clock, watch } = start();
        for (const taken of steps) {
          if (taken.kind === "move") service.move(taken.location, taken.onHand, taken.fate);
          if (taken.kind === "deliver late") service.deliverLate();
          if (taken.kind === "break") service.breakConnection();
          if (taken.kind === "wait") clock.advance(reconnectMsMax);
          await settle();
        }
        // The next connection fills any gap. Late changes must not undo that.
        service.breakConnection();
        clock.advance(reconnectMsMax);
        await settle();
        service.deliverLate();
        const shown = watch
          .getSnapshot()
          .levels.map(({ location, version, onHand }) => ({ location, version, onHand }));
        const truth = [...service.levels.values()]
          .map(({ location, version, onHand }) => ({ location, version, onHand }))
          .toSorted((a, b) => (a.location < b.location ? -1 : 1));
        expect(shown).toEqual(truth);
        expect(watch.getSnapshot().state).toBe("live");
      }),
      { numRuns: 200 },
    );
  });

  it("closes a connection that answers no ping, and connects again", async () => {
    const { service, clock, watch } = start();
    await settle();
    expect(watch.getSnapshot().state).toBe("live");
    clock.advance(25_000);
    clock.advance(10_000);
    expect(service).toMatchObject({ pings: 1, connectionCount: 1 });
    service.isMute = true;
    clock.advance(15_000);
    clock.advance(10_000);
    expect(watch.getSnapshot().state).toBe("connecting");
    service.isMute = false;
    clock.advance(1_000);
    await settle();
    expect(service.connectionCount).toBe(2);
    expect(watch.getSnapshot().state).toBe("live");
  });

  it("sends a frame again when it was not answered on an open connection", async () => {
    const { service, clock, holdfast } = start();
    await settle();
    service.isMute = true;
    const other = holdfast.watchStock("MUG", "LEEDS");
    other.subscribe(() => undefined);
    await settle();
    service.isMute = false;
    expect(other.getSnapshot().state).toBe("connecting");
    clock.advance(25_000);
    clock.advance(25_000);
    await settle();
    expect(other.getSnapshot().state).toBe("live");
    expect(service.connectionCount).toBe(1);
  });

  it("keeps the numbers of an earlier subscription, and marks them live only after a snapshot", async () => {
    const { service, clock, holdfast } = create();
    service.move("LEEDS", 10, "lost");
    const watch = holdfast.watchStock("MUG");
    const leave = watch.subscribe(() => undefined);
    await settle();
    leave();
    clock.advance(2_000);
    service.isMute = true;
    watch.subscribe(() => undefined);
    await settle();
    expect(watch.getSnapshot()).toMatchObject({ state: "connecting", available: 10 });
    service.say({ type: "change", topic: "stock/MUG", level: levelOf("LEEDS", 0, 99) });
    service.say({ type: "change", topic: "stock/MUG", level: levelOf("YORK", 1, 1) });
    expect(watch.getSnapshot()).toMatchObject({ state: "connecting", available: 11 });
  });

  it("unsubscribes 2 s after the last listener left, unless another listener joined", async () => {
    const { service, clock, watch, holdfast } = start();
    const other = holdfast.watchStock("MUG", "LEEDS");
    const leave = other.subscribe(() => undefined);
    await settle();
    leave();
    clock.advance(1_999);
    const leaveAgain = other.subscribe(() => undefined);
    expect(other.getSnapshot().state).toBe("live");
    clock.advance(2_000);
    expect(service.frames).toHaveLength(1);
    leaveAgain();
    clock.advance(2_000);
    expect(service.frames.slice(1)).toEqual([{ action: "unsubscribe", id: "2", topics: ["stock/MUG/LEEDS"] }]);
    expect(watch.getSnapshot().state).toBe("live");
  });

  it("subscribes to a topic again only after the answer to its unsubscribe (frames may be handled concurrently)", async () => {
    const { service, clock, holdfast } = start();
    const other = holdfast.watchStock("MUG", "LEEDS");
    const leave = other.subscribe(() => undefined);
    await settle();
    leave();
    service.isMute = true;
    clock.advance(2_000);
    other.subscribe(() => undefined);
    await settle();
    expect(service.frames).toHaveLength(2);
    service.isMute = false;
    service.say({ type: "unsubscribed", id: "2" });
    expect(service.frames[2]).toEqual({ action: "subscribe", id: "3", topics: ["stock/MUG/LEEDS"] });
    expect(other.getSnapshot().state).toBe("live");
  });

  it("opens no connection at rest, and one for the watched topics after wake", async () => {
    const { service, clock, holdfast } = create();
    holdfast.rest();
    const watch = holdfast.watchStock("MUG");
    const leave = watch.subscribe(() => undefined);
    await settle();
    expect(service.connectionCount).toBe(0);
    leave();
    clock.advance(2_000);
    holdfast.wake();
    watch.subscribe(() => undefined);
    await settle();
    expect(service.connectionCount).toBe(1);
    expect(watch.getSnapshot().state).toBe("live");
  });

  it("reconnects immediately on wake", async () => {
    const { service, holdfast, watch } = start();
    await settle();
    holdfast.wake();
    await settle();
    expect(service.connectionCount).toBe(2);
    expect(watch.getSnapshot().state).toBe("live");
  });
});
