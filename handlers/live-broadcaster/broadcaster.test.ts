import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Level } from "../../contract/level.ts";
import type { ServerFrame } from "../../contract/live.ts";
import { recordingLog } from "../../test/support/gateway-event.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { levelImage, reservationImage, streamRecord } from "../../test/support/stream-records.ts";
import { holder, nowMs, openConnections, recordingSockets } from "../runtime/connections/connections.fixture.ts";
import { newestLevels } from "../runtime/table-change/newest-levels.ts";
import { createBroadcaster } from "./broadcaster.ts";

const change = (item: string, version: number, location = "north") =>
  streamRecord({ newImage: levelImage({ sku: item, location, version, onHand: version * 10 }) });

async function open(clock = () => nowMs) {
  const store = await openConnections(clock);
  const recorded = recordingSockets();
  const [log, meter] = [recordingLog(), recordingMeter()];
  const broadcast = createBroadcaster({ ...store, sockets: recorded.sockets, clock, log, meter });
  return {
    ...store,
    ...recorded,
    log,
    meter,
    broadcast: (...Records: ReturnType<typeof change>[]) => broadcast({ Records }),
    async listen(connection: string, topics: readonly string[], who = holder()) {
      await store.connections.open(connection, who);
      const record = await store.connections.read(connection);
      if (!record) throw new Error("it was opened");
      const view = who.scopes.includes("stock:read") ? "level" : "availability";
      await store.connections.subscribe(record, topics, view);
    },
  };
}

const changesIn = (frames: readonly ServerFrame[]) =>
  frames.flatMap((frame) => (frame.type === "change" ? [[frame.topic, frame.level.version]] : []));

describe("createBroadcaster", () => {
  it("sends only the newest version of a level to the subscribers of each of its topics", async () => {
    const { listen, broadcast, sentTo, log, meter } = await open();
    await listen("item", ["stock/MUG"]);
    await listen("level", ["stock/MUG/north"]);
    await listen("place", ["location/south"]);
    await listen("all", ["stock/MUG", "stock/MUG/north", "location/north"]);
    await listen("other", ["stock/CUP", "location/east"]);
    await broadcast(change("MUG", 3), change("MUG", 1, "south"), change("MUG", 2), change("MUG", 3));
    const bySubject = (connection: string) => changesIn(sentTo(connection)).sort();
    expect(bySubject("item")).toEqual([
      ["stock/MUG", 1],
      ["stock/MUG", 3],
    ]);
    expect(bySubject("level")).toEqual([["stock/MUG/north", 3]]);
    expect(bySubject("place")).toEqual([["location/south", 1]]);
    expect(bySubject("all")).toEqual([
      ["location/north", 3],
      ["stock/MUG", 1],
      ["stock/MUG", 3],
      ["stock/MUG/north", 3],
    ]);
    expect(sentTo("other")).toEqual([]);
    const requests = ["north-3", "south-1", "north-2"].map((change) => `request-MUG-${change}`);
    expect(log.lines).toMatchObject([{ message: "changes told", fields: { correlation_ids: requests } }]);
    expect(meter).toMatchObject({ counts: { LiveFramesSent: 8 }, measured: [{ name: "FeedLag" }] });
  });

  it("sends the whole level with its time, or only the availability view of it", async () => {
    const { listen, broadcast, sentTo } = await open();
    await listen("full", ["stock/MUG"]);
    await listen("cut", ["stock/MUG"], holder({ scopes: ["stock:availability"] }));
    await broadcast(change("MUG", 2));
    const asOf = "2026-11-20T10:00:00.000Z";
    const whole = { onHand: 20, available: 20, sellable: 20, version: 2, updatedAt: asOf, asOf };
    expect(sentTo("full")).toEqual([{ type: "change", topic: "stock/MUG", level: expect.objectContaining(whole) }]);
    const cut = { sku: "MUG", location: "north", available: 20, version: 2, asOf };
    expect(sentTo("cut")).toEqual([{ type: "change", topic: "stock/MUG", level: cut }]);
  });

  it("reads subscribers consistently, so that a new subscriber misses no change after its snapshot", async () => {
    const { listen, broadcast, reads } = await open();
    await listen("a", ["stock/MUG"]);
    reads.length = 0;
    await broadcast(change("MUG", 1));
    expect(reads).toHaveLength(2);
    for (const read of reads) expect(JSON.stringify(read)).toContain('"ConsistentRead":true');
  });

  it("removes a connection that is gone with its subscriptions, and still sends to the others", async () => {
    const { listen, broadcast, gone, sentTo, items } = await open();
    await listen("gone", ["stock/MUG", "stock/CUP", "location/north"]);
    await listen("there", ["stock/MUG"]);
    gone.add("gone");
    await broadcast(change("MUG", 2));
    expect(changesIn(sentTo("there"))).toEqual([["stock/MUG", 2]]);
    expect(JSON.stringify(await items())).not.toContain("CONNECTION#gone");
  });

  it("drops a subscription that was left behind when its connection ended", async () => {
    const { listen, connections, broadcast, gone, listeners } = await open();
    await listen("late", []).catch(() => undefined);
    await connections.open("late", holder());
    const record = await connections.read("late");
    await connections.subscribe(record ?? expect.fail(), ["stock/MUG"], "level");
    // `close` sees a connection without topics, as when the connection ends during a subscription.
    await connections.open("late", holder());
    await connections.close("late");
    expect(await listeners("stock/MUG")).toEqual(["late"]);
    gone.add("late");
    await broadcast(change("MUG", 2));
    expect(await listeners("stock/MUG")).toEqual([]);
  });

  it("ends a connection that cannot receive a frame, so that no change is lost unnoticed", async () => {
    const { listen, broadcast, broken, ended, sentTo, listeners } = await open();
    await listen("stuck", ["stock/MUG"]);
    await listen("there", ["stock/MUG"]);
    broken.add("stuck");
    await broadcast(change("MUG", 2));
    expect(ended).toEqual(["stuck"]);
    expect(await listeners("stock/MUG")).toEqual(["there"]);
    expect(changesIn(sentTo("there"))).toEqual([["stock/MUG", 2]]);
  });

  it("ends a connection whose token has expired, and sends it nothing", async () => {
    const { listen, broadcast, ended, sentTo } = await open(() => Date.parse(holder().tokenExpiresAt));
    await listen("old", ["stock/MUG"]);
    await broadcast(change("MUG", 2));
    expect(sentTo("old")).toEqual([]);
    expect(ended).toEqual(["old"]);
  });

  it("fails the batch while the table does not respond, so that it is delivered again", async () => {
    const { sockets, connections } = await open();
    const subscribers = {
      watched: () => Promise.reject(new Error("no answer")),
      of: async () => [],
      drop: async () => undefined,
    };
    const ports = {
      subscribers,
      connections,
      sockets,
      clock: () => nowMs,
      log: recordingLog(),
      meter: recordingMeter(),
    };
    await expect(createBroadcaster(ports)({ Records: [change("MUG", 1)] })).rejects.toThrow("no answer");
  });

  it("skips records that are not levels or cannot be read", async () => {
    const { listen, broadcast, sentTo, log } = await open();
    await listen("a", ["stock/MUG"]);
    const removal = streamRecord({ eventName: "REMOVE", oldImage: levelImage({ sku: "MUG" }) });
    const broken = streamRecord({ data: "no JSON" });
    await broadcast(streamRecord({ newImage: reservationImage("r-1") }), removal, broken, change("MUG", 1));
    expect(changesIn(sentTo("a"))).toEqual([["stock/MUG", 1]]);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: "warn", fields: { unreadable: [broken.eventID] } }),
    );
  });

  it("finds the subscribers of more topics than one request can read", async () => {
    const { listen, broadcast, sentTo } = await open();
    await listen("a", ["stock/I-0", "stock/I-79"]);
    await broadcast(...Array.from({ length: 80 }, (_, index) => change(`I-${index}`, 1)));
    expect(changesIn(sentTo("a")).sort()).toEqual([
      ["stock/I-0", 1],
      ["stock/I-79", 1],
    ]);
  });
});

/** Changes as Kinesis may deliver them: each at least once, in any order, in batches of any size. */
const disorder = fc
  .record({
    versions: fc.dictionary(fc.constantFrom("MUG north", "MUG south", "CUP north"), fc.integer({ min: 1, max: 8 }), {
      minKeys: 1,
    }),
    again: fc.array(fc.nat(), { maxLength: 12 }),
    order: fc.infiniteStream(fc.nat()),
    cuts: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 30, maxLength: 30 }),
  })
  .map(({ versions, again, order, cuts }) => {
    const once = Object.entries(versions).flatMap(([place, newest]) =>
      Array.from({ length: newest }, (_, index) => ({ place, version: index + 1 })),
    );
    const all = [...once, ...again.map((index) => once[index % once.length] ?? { place: "MUG north", version: 1 })];
    const shuffled = all
      .map((step) => ({ step, at: order.next().value as number }))
      .sort((left, right) => left.at - right.at)
      .map(({ step }) => step);
    const batches: (typeof shuffled)[] = [];
    for (const size of cuts) batches.push(shuffled.splice(0, size));
    return { versions, batches: [...batches, shuffled].filter((batch) => batch.length > 0) };
  });

/** Returns the versions that a client that follows the contract has after these levels. */
function heldAfter(levels: readonly Pick<Level, "sku" | "location" | "version">[]): Record<string, number> {
  const held: Record<string, number> = {};
  for (const { sku, location, version } of levels) {
    const place = `${sku} ${location}`;
    if (version > (held[place] ?? 0)) held[place] = version;
  }
  return held;
}

const recordsOf = (batch: readonly { readonly place: string; readonly version: number }[]) =>
  batch.map(({ place, version }) => {
    const [item = "", location = ""] = place.split(" ");
    return change(item, version, location);
  });

describe("createBroadcaster with duplicates and any order", () => {
  it("reduces each batch to the newest version of every level", () => {
    fc.assert(
      fc.property(disorder, ({ versions, batches }) => {
        const told = batches.flatMap((batch) => {
          const { levels } = newestLevels(recordsOf(batch));
          expect(new Set(levels.map(({ sku, location }) => `${sku} ${location}`)).size).toBe(levels.length);
          return levels;
        });
        expect(heldAfter(told)).toEqual(versions);
      }),
    );
  });

  it("gives every client that follows the contract the newest versions", async () => {
    await fc.assert(
      fc.asyncProperty(disorder, async ({ versions, batches }) => {
        const { listen, broadcast, sentTo } = await open();
        await listen("a", ["stock/MUG", "stock/CUP"]);
        await listen("b", ["location/north", "location/south"]);
        await Promise.all(batches.map((batch) => broadcast(...recordsOf(batch))));
        for (const connection of ["a", "b"]) {
          const told = sentTo(connection).flatMap((frame) => (frame.type === "change" ? [frame.level] : []));
          expect(heldAfter(told)).toEqual(versions);
        }
      }),
      { numRuns: 15 },
    );
  }, 120_000);
});
