import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { levelOf, type StockServer, startStockServer } from "../../stock-server.fixture.ts";
import { createHoldfast, type StockView } from "../index.ts";

let server: StockServer;
const ends: (() => void)[] = [];
beforeEach(async () => {
  server = await startStockServer();
});
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await server.stop();
});

/** Creates a client that reconnects without a wait. The tests of the back-off cover the waits. */
function client() {
  return createHoldfast({ api: server.api, websocket: server.websocket, token: "t", ports: { random: () => 0 } });
}

function follow(holdfast: ReturnType<typeof client>, location?: string): () => StockView {
  const watch = holdfast.watchStock("MUG", location);
  ends.push(watch.subscribe(() => undefined));
  return watch.getSnapshot;
}

const onHand = (view: StockView) => Object.fromEntries(view.levels.map(({ location, onHand }) => [location, onHand]));

describe("watched stock (over a WebSocket)", () => {
  it("shows all parts of the snapshot, then each change", async () => {
    server.change(levelOf("LEEDS", 1, 10));
    server.change(levelOf("YORK", 1, 20));
    const view = follow(client());
    expect(view()).toMatchObject({ state: "connecting", levels: [] });
    await vi.waitFor(() => expect(view().state).toBe("live"));
    expect(onHand(view())).toEqual({ LEEDS: 10, YORK: 20 });
    server.change(levelOf("YORK", 2, 19));
    await vi.waitFor(() => expect(onHand(view())).toEqual({ LEEDS: 10, YORK: 19 }));
    expect(view().available).toBe(29);
  });

  it("ignores versions that it already holds, and older ones", async () => {
    server.change(levelOf("LEEDS", 5, 50));
    const view = follow(client());
    await vi.waitFor(() => expect(view().state).toBe("live"));
    server.tell(levelOf("LEEDS", 4, 44));
    server.tell(levelOf("LEEDS", 5, 55));
    server.change(levelOf("YORK", 1, 1));
    await vi.waitFor(() => expect(onHand(view())).toEqual({ LEEDS: 50, YORK: 1 }));
  });

  it("requests a snapshot after a lost connection, which contains a lost change", async () => {
    server.change(levelOf("LEEDS", 1, 10));
    const view = follow(client());
    await vi.waitFor(() => expect(view().state).toBe("live"));
    server.changeSilently(levelOf("LEEDS", 2, 7));
    server.dropConnections();
    await vi.waitFor(() => expect(onHand(view())).toEqual({ LEEDS: 7 }));
    expect(view().state).toBe("live");
    expect(server.seen.filter(({ path }) => path === "/v1/live/tickets")).toHaveLength(2);
  });

  it("uses one connection and one frame for all watches", async () => {
    server.change(levelOf("LEEDS", 1, 10));
    const holdfast = client();
    const views = [follow(holdfast), follow(holdfast), follow(holdfast, "LEEDS")];
    await vi.waitFor(() => expect(views.map((view) => view().state)).toEqual(["live", "live", "live"]));
    expect(server.state.upgradeCount).toBe(1);
    expect(server.frames).toEqual([{ action: "subscribe", id: "1", topics: ["stock/MUG", "stock/MUG/LEEDS"] }]);
  });

  it("has no connection at rest, and requests a snapshot on wake", async () => {
    server.change(levelOf("LEEDS", 1, 10));
    const holdfast = client();
    const view = follow(holdfast);
    await vi.waitFor(() => expect(view().state).toBe("live"));
    holdfast.rest();
    await vi.waitFor(() => expect(server.peers.size).toBe(0));
    server.change(levelOf("LEEDS", 2, 4));
    const other = follow(holdfast, "LEEDS");
    expect(view()).toMatchObject({ state: "connecting", available: 10 });
    holdfast.wake();
    await vi.waitFor(() => expect([view().state, other().state]).toEqual(["live", "live"]));
    expect([view().available, other().available]).toEqual([4, 4]);
    expect(server.state.upgradeCount).toBe(2);
  });

  it("keeps other topics live when one is refused", async () => {
    server.change(levelOf("LEEDS", 1, 10));
    const holdfast = client();
    const refused = holdfast.watchStock("REFUSED");
    ends.push(refused.subscribe(() => undefined));
    const view = follow(holdfast);
    await vi.waitFor(() => expect(view().state).toBe("live"));
    await vi.waitFor(() => expect(refused.getSnapshot()).toMatchObject({ state: "failed" }));
    expect(onHand(view())).toEqual({ LEEDS: 10 });
  });

  it("keeps a watch with a listener, however many other watches are created", async () => {
    const holdfast = client();
    const watch = holdfast.watchStock("MUG");
    const unused = holdfast.watchStock("UNUSED");
    ends.push(watch.subscribe(() => undefined));
    for (let n = 0; n < 1_000; n += 1) holdfast.watchStock(`OTHER-${n}`);
    expect(holdfast.watchStock("MUG")).toBe(watch);
    expect(holdfast.watchStock("UNUSED")).not.toBe(unused);
  });

  it("shows the reason when a topic or the ticket is refused", async () => {
    const holdfast = client();
    const watch = holdfast.watchStock("REFUSED");
    ends.push(watch.subscribe(() => undefined));
    await vi.waitFor(() =>
      expect(watch.getSnapshot()).toMatchObject({ state: "failed", error: { code: "forbidden" } }),
    );
    server.faults.push({ status: 403, body: { code: "forbidden", detail: "scope", status: 403 } });
    const other = client().watchStock("MUG");
    const states: (string | undefined)[] = [];
    ends.push(other.subscribe(() => states.push(other.getSnapshot().state)));
    await vi.waitFor(() => expect(states).toContain("live"));
    expect(states[0]).toBe("failed");
  });
});

describe("watched stock (without a WebSocket)", () => {
  it("polls every 2 s while it has a listener, continues after a failure, and stops at rest", async () => {
    const waits: number[] = [];
    let readCount = 0;
    let next: (() => void) | undefined;
    const after = (waitMs: number, run: () => void) => {
      if (waitMs >= 30_000) return () => undefined;
      waits.push(waitMs);
      next = run;
      return () => undefined;
    };
    const counted = (url: string, init: RequestInit) => {
      readCount += 1;
      return fetch(url, init);
    };
    const readCountAfter = async (step: () => void): Promise<number> => {
      step();
      await new Promise((resolve) => setImmediate(resolve));
      return readCount;
    };
    server.change(levelOf("LEEDS", 1, 10));
    const holdfast = createHoldfast({ api: server.api, ports: { after, fetch: counted, random: () => 0 } });
    const watch = holdfast.watchStock("MUG");
    const leave = watch.subscribe(() => undefined);
    await vi.waitFor(() => expect(onHand(watch.getSnapshot())).toEqual({ LEEDS: 10 }));
    expect(watch.getSnapshot().state).toBe("polling");
    server.changeSilently(levelOf("LEEDS", 2, 4));
    server.faults.push({ status: 403, body: { code: "forbidden", detail: "scope", status: 403 } });
    next?.();
    await vi.waitFor(() => expect(watch.getSnapshot().state).toBe("failed"));
    expect(onHand(watch.getSnapshot())).toEqual({ LEEDS: 10 });
    await vi.waitFor(() => expect(waits).toEqual([2_000, 2_000]));
    next?.();
    await vi.waitFor(() => expect(onHand(watch.getSnapshot())).toEqual({ LEEDS: 4 }));
    await vi.waitFor(() => expect(waits).toEqual([2_000, 2_000, 2_000]));
    holdfast.rest();
    expect(await readCountAfter(() => next?.())).toBe(3);
    expect(await readCountAfter(() => holdfast.wake())).toBe(4);
    await vi.waitFor(() => expect(waits).toHaveLength(4));
    leave();
    expect(await readCountAfter(() => next?.())).toBe(4);
  });
});
