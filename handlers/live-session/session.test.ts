import { describe, expect, it } from "vitest";
import type { Level } from "../../contract/level.ts";
import { liveLimits } from "../../contract/live.ts";
import { recordingLog } from "../../test/support/gateway-event.ts";
import { location, sku } from "../../test/support/inventory-data.ts";
import { openShop } from "../../test/support/shop.ts";
import { holder, nowMs, openConnections, recordingSockets } from "../runtime/connections/connections.fixture.ts";
import { createLevelSnapshot } from "../store/index.ts";
import { createSession, type SessionPorts } from "./session.ts";

const noLevels: SessionPorts["levels"] = async () => [];
const level = (at: string, version: number, item = "MUG"): Level => ({
  sku: sku(item),
  location: location(at),
  onHand: version,
  reserved: 0,
  incoming: 0,
  damaged: 0,
  qualityHold: 0,
  safety: 0,
  available: version,
  backorderLimit: 0,
  sellable: version,
  version,
  updatedAt: new Date(nowMs).toISOString(),
});

async function open(levels = noLevels, clock = () => nowMs) {
  const store = await openConnections(clock);
  const recorded = recordingSockets();
  const { sockets } = recorded;
  const session = createSession({ connections: store.connections, sockets, levels, clock, log: recordingLog() });
  const event = (eventType: string, connectionId: string, more: object = {}) =>
    session({ requestContext: { connectionId, eventType, ...more } });
  return {
    ...store,
    ...recorded,
    connect: (id: string, who = holder()) =>
      event("CONNECT", id, { authorizer: { ...who, scopes: who.scopes.join(" "), principalId: who.subject } }),
    disconnect: (id: string) => event("DISCONNECT", id),
    say: (id: string, frame: unknown) =>
      session({
        requestContext: { connectionId: id, eventType: "MESSAGE" },
        body: typeof frame === "string" ? frame : JSON.stringify(frame),
      }),
  };
}

const subscribe = (...topics: string[]) => ({ action: "subscribe", id: "s", topics });

describe("createSession", () => {
  it("posts nothing during $connect, because the connection is not open yet", async () => {
    const { connect, sentTo, items } = await open();
    expect(await connect("a")).toEqual({ statusCode: 200 });
    expect(sentTo("a")).toEqual([]);
    expect(await items()).toEqual([
      expect.objectContaining({ type: "connection", ttl: nowMs / 1_000 + liveLimits.connectionSecondsMax + 600 }),
    ]);
  });

  it("subscribes before it reads the snapshot, so that no change between the two is lost", async () => {
    const listened: string[][] = [];
    const opened = await open(async () => {
      listened.push(await opened.listeners("stock/MUG"));
      return [level("north", 3)];
    });
    await opened.connect("a");
    await opened.say("a", subscribe("stock/MUG"));
    expect(listened).toEqual([["a"]]);
    expect(await opened.subscribers.watched(["stock/MUG", "stock/CUP"])).toEqual(["stock/MUG"]);
    expect(opened.sentTo("a")).toEqual([
      { type: "subscribed", id: "s" },
      { type: "snapshot", topic: "stock/MUG", levels: [level("north", 3)], part: 1, last: true },
    ]);
  });

  it("splits a snapshot into parts of 100", async () => {
    const levels = Array.from({ length: 201 }, (_, index) => level(`l-${index}`, 1));
    const { connect, say, sentTo } = await open(async () => levels);
    await connect("a");
    await say("a", subscribe("stock/MUG"));
    const parts = sentTo("a").filter((frame) => frame.type === "snapshot");
    expect(parts.map(({ part, last, levels: { length } }) => [part, last, length])).toEqual([
      [1, false, 100],
      [2, false, 100],
      [3, true, 1],
    ]);
    const shown: unknown[] = [];
    for (const part of parts) shown.push(...part.levels);
    expect(shown).toEqual(levels);
  });

  it("reads levels from the table, as they are after the last command", async () => {
    const shop = await openShop();
    await shop.addItem("MUG");
    await shop.addLocation("north");
    const levels = createLevelSnapshot({ ...shop.ports, table: shop.tables.inventory });
    const { connect, say, sentTo } = await open(levels);
    const line = { sku: sku("MUG"), location: location("north"), quantity: 4 };
    await shop.stock.makeMovements(shop.context("k"), { kind: "receive", lines: [line] });
    await connect("a");
    await say("a", subscribe("stock/MUG", "stock/MUG/north", "stock/MUG/south", "location/north"));
    const snapshots = sentTo("a").filter((frame) => frame.type === "snapshot");
    expect(snapshots.map(({ topic, levels: shown }) => [topic, [...shown].map(({ version }) => version)])).toEqual([
      ["stock/MUG", [1]],
      ["stock/MUG/north", [1]],
      ["stock/MUG/south", []],
    ]);
  });

  it("shows only the availability view to a token with only stock:availability", async () => {
    const { connect, say, sentTo } = await open(async () => [level("north", 3)]);
    await connect("a", holder({ scopes: ["stock:availability"] }));
    await say("a", subscribe("stock/MUG"));
    const cut = { sku: "MUG", location: "north", available: 3, version: 3, asOf: new Date(nowMs).toISOString() };
    expect(sentTo("a").at(-1)).toMatchObject({ levels: [cut] });
  });

  it.each([
    ["no JSON", "{", { code: "bad_frame" }],
    ["another action", { action: "shout", id: "1" }, { code: "bad_frame", id: "1" }],
    ["no topics", { action: "subscribe", id: "1", topics: [] }, { code: "bad_frame", id: "1" }],
    ["no such topic", subscribe("stock/MUG", "shop/MUG"), { code: "bad_topic", id: "s" }],
  ])("responds with an error to a bad frame and subscribes to nothing (%s)", async (_, frame, answer) => {
    const { connect, say, sentTo, listeners } = await open();
    await connect("a");
    await say("a", frame);
    expect(sentTo("a")).toEqual([{ type: "error", ...answer }]);
    expect(await listeners("stock/MUG")).toEqual([]);
  });

  it("refuses topics for a token without a stock scope", async () => {
    const { connect, say, sentTo, listeners } = await open();
    await connect("a", holder({ scopes: ["reports:read"] }));
    await say("a", subscribe("stock/MUG"));
    expect(sentTo("a")).toEqual([{ type: "error", code: "forbidden", id: "s" }]);
    expect(await listeners("stock/MUG")).toEqual([]);
  });

  it("refuses more topics than a connection may have, and accepts repeated ones", async () => {
    const { connect, say, sentTo } = await open();
    await connect("a");
    const names = Array.from({ length: liveLimits.topicsPerConnectionMax }, (_, index) => `location/l-${index}`);
    for (let start = 0; start < names.length; start += 50) await say("a", subscribe(...names.slice(start, start + 50)));
    await say("a", subscribe(names[0] ?? ""));
    expect(sentTo("a").map(({ type }) => type)).toEqual(Array(5).fill("subscribed"));
    await say("a", subscribe("stock/MUG"));
    expect(sentTo("a").at(-1)).toEqual({ type: "error", code: "bad_topic", id: "s" });
  });

  it("ends a connection whose token has expired, and sends an error first", async () => {
    let now = nowMs;
    const opened = await open(noLevels, () => now);
    await opened.connect("a");
    await opened.say("a", subscribe("stock/MUG"));
    now = Date.parse(holder().tokenExpiresAt);
    await opened.say("a", { action: "ping" });
    expect(opened.sentTo("a").at(-1)).toEqual({ type: "error", code: "forbidden" });
    expect(opened.ended).toEqual(["a"]);
    expect(await opened.listeners("stock/MUG")).toEqual([]);
  });

  it("ends a connection whose record was removed, so that its client connects again", async () => {
    const { connect, say, connections, ended } = await open();
    await connect("a");
    await connections.close("a");
    await say("a", subscribe("stock/MUG"));
    expect(ended).toEqual(["a"]);
  });

  it("removes all records of a connection at its end, and keeps those of its topics", async () => {
    const { connect, say, disconnect, items } = await open();
    await connect("a");
    await say("a", subscribe("stock/MUG", "location/north"));
    await say("a", { action: "unsubscribe", id: "u", topics: ["location/north"] });
    await disconnect("a");
    expect((await items()).map(({ pk, sk }) => `${pk} ${sk}`).sort()).toEqual([
      "TOPIC#location/north HEAD",
      "TOPIC#stock/MUG HEAD",
    ]);
  });

  it("removes a connection that is gone when a response is posted", async () => {
    const { connect, say, gone, listeners } = await open();
    await connect("a");
    gone.add("a");
    await say("a", subscribe("stock/MUG"));
    expect(await listeners("stock/MUG")).toEqual([]);
  });
});
