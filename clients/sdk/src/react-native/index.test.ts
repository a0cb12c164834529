import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { levelOf, type StockServer, startStockServer } from "../../stock-server.fixture.ts";
import { createClock } from "../clock.fixture.ts";
import { createHoldfast } from "../index.ts";
import { type Device, followDevice, nativePorts } from "./index.ts";

/** Creates a device that the test controls. */
function createDevice(currentState = "active") {
  const listeners = new Set<(state: string) => void>();
  const networkListeners = new Set<(network: string | undefined) => void>();
  const clock = createClock();
  const device: Device = {
    appState: {
      currentState,
      addEventListener: (_, listener) => {
        listeners.add(listener);
        return { remove: () => void listeners.delete(listener) };
      },
    },
    network: (tell) => {
      networkListeners.add(tell);
      return () => void networkListeners.delete(tell);
    },
    ports: { after: clock.after, random: () => 0.5 },
  };
  return {
    device,
    clock,
    move: (state: string) => {
      for (const listener of listeners) listener(state);
    },
    connect: (network: string | undefined) => {
      for (const tell of networkListeners) tell(network);
    },
    listenerCount: () => listeners.size + networkListeners.size,
  };
}

/** Follows a device and records the calls to a client. */
function follow(currentState?: string) {
  const calls: string[] = [];
  const hand = createDevice(currentState);
  const holdfast = { rest: () => void calls.push("rest"), wake: () => void calls.push("wake") };
  return { ...hand, calls, leave: followDevice(holdfast, hand.device) };
}

describe("followDevice", () => {
  it("calls rest once in the background and wake once in the foreground", () => {
    const { move, calls } = follow();
    for (const state of ["inactive", "active", "inactive", "background", "inactive", "background", "active", "active"])
      move(state);
    expect(calls).toEqual(["rest", "wake"]);
  });

  it("rests from the start when the system starts the app in the background", () => {
    const { move, calls } = follow("background");
    expect(calls).toEqual(["rest"]);
    move("active");
    expect(calls).toEqual(["rest", "wake"]);
  });

  it("wakes up on another network, with full jitter, but not for the first network", () => {
    const { connect, clock, calls } = follow();
    connect("wifi");
    connect("wifi");
    expect(clock.waits()).toEqual([]);
    connect(undefined);
    expect(clock.waits()).toEqual([]);
    connect("cellular");
    expect(clock.waits()).toEqual([500]);
    connect("wifi");
    expect(clock.waits()).toEqual([500]);
    clock.advance(500);
    expect(calls).toEqual(["wake"]);
  });

  it("stays at rest when the network changes in the background", () => {
    const { connect, move, clock, calls } = follow();
    connect("wifi");
    connect("cellular");
    move("background");
    connect("wifi");
    clock.advance(60_000);
    expect(calls).toEqual(["rest"]);
  });

  it("removes its listeners and timers when it ends", () => {
    const { connect, clock, leave, listenerCount } = follow();
    connect("wifi");
    connect("cellular");
    leave();
    expect(listenerCount()).toBe(0);
    expect(clock.waits()).toEqual([]);
  });
});

describe("a client on a device", () => {
  let server: StockServer;
  beforeEach(async () => {
    server = await startStockServer();
  });
  afterEach(async () => {
    vi.unstubAllGlobals();
    await server.stop();
  });

  function start() {
    const hand = createDevice();
    const ports = { ...nativePorts, random: () => 0 };
    const holdfast = createHoldfast({ api: server.api, websocket: server.websocket, token: "t", ports });
    const stop = followDevice(holdfast, hand.device);
    const watch = holdfast.watchStock("MUG");
    const leave = watch.subscribe(() => undefined);
    return { ...hand, watch, end: () => [leave(), stop()] };
  }

  it("has no connection in the background, and shows missed changes afterwards", async () => {
    server.change(levelOf("LEEDS", 1, 10));
    const { move, watch, end } = start();
    await vi.waitFor(() => expect(watch.getSnapshot()).toMatchObject({ state: "live", available: 10 }));
    move("background");
    await vi.waitFor(() => expect(server.peers.size).toBe(0));
    server.change(levelOf("LEEDS", 2, 3));
    expect(watch.getSnapshot()).toMatchObject({ state: "connecting", available: 10 });
    move("active");
    await vi.waitFor(() => expect(watch.getSnapshot()).toMatchObject({ state: "live", available: 3 }));
    end();
  });

  it("closes a connection that opens after it was closed (Android)", async () => {
    const Platform = globalThis.WebSocket;
    let made: WebSocket | undefined;
    let onMade = () => {};
    class AndroidSocket extends Platform {
      constructor(url: string) {
        super(url);
        made = this;
        queueMicrotask(() => onMade());
      }
      // WebSocketModule knows only open connections. Closing an unknown one does nothing.
      override close() {
        if (this.readyState !== Platform.CONNECTING) super.close();
      }
    }
    vi.stubGlobal("WebSocket", AndroidSocket);
    const { move, end } = start();
    onMade = () => {
      move("background");
      expect(made?.readyState).toBe(Platform.CONNECTING);
    };
    await vi.waitFor(() => expect(server.state.upgradeCount).toBe(1));
    await vi.waitFor(() => expect(made?.readyState).toBe(Platform.CLOSED));
    end();
  });

  it("makes unique ids without crypto, valid as Idempotency-Key", () => {
    vi.stubGlobal("crypto", undefined);
    const ids = Array.from({ length: 1_000 }, nativePorts.newId);
    expect(new Set(ids).size).toBe(1_000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-z-]{20,64}$/);
  });
});
