import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { Ticket } from "../../contract/live.ts";
import { connectLive, type LiveClient, refusedWith } from "../support/live-client.ts";
import { platformStartMsMax, type RunningPlatform, startPlatform } from "../support/running-platform.ts";
import { seededRandom } from "../support/seeded.ts";

/** A change arrives within 2 s; a busy machine may take longer. */
const arrival = { timeout: 30_000, interval: 50 };
const location = "north";

let platform: RunningPlatform;
let url: string;
let admin: string;
const open: LiveClient[] = [];

beforeAll(async () => {
  platform = await startPlatform();
  url = platform.outputs.endpoints.websocket;
  admin = await platform.token({ scopes: "admin" });
  await platform.call("PUT", `/locations/${location}`, { token: admin, body: { name: "North", kind: "warehouse" } });
}, platformStartMsMax);

afterAll(async () => {
  for (const client of open) client.drop();
  await platform?.stop();
}, platformStartMsMax);

async function connect(token = admin): Promise<LiveClient> {
  const client = await connectLive(url, token);
  open.push(client);
  return client;
}

async function ticket(token = admin): Promise<string> {
  const { status, body } = await platform.call("POST", "/live/tickets", { token });
  expect(status).toBe(201);
  return Ticket.parse(body).ticket;
}

const receive = async (sku: string, quantity = 1) => {
  const body = { kind: "receive", lines: [{ sku, location, quantity }] };
  expect((await platform.call("POST", "/movements", { token: admin, body })).status).toBe(201);
};
const makeItem = (sku: string) =>
  platform.call("PUT", `/items/${sku}`, { token: admin, body: { name: `Item ${sku}` } });
const truth = async (sku: string) =>
  (await platform.call("GET", `/stock/${sku}/${location}?consistency=strong`, { token: admin })).body;

describe("opening a connection", () => {
  it("accepts a ticket once, an access token on the laptop, and nothing else", async () => {
    const once = await ticket();
    (await connectLive(url, once)).drop();
    expect(await refusedWith(`${url}?token=${once}`)).toBe(401);
    expect(await refusedWith(url)).toBe(401);
    expect(await refusedWith(`${url}?token=made-up`)).toBe(401);
    expect(await refusedWith(`${url}?token=${admin.slice(0, -4)}AAAA`)).toBe(401);
    expect(await refusedWith(`${url}?token=${admin}`)).toBeUndefined();
  });

  it("requires the scope stock:availability for a ticket, but no Idempotency-Key", async () => {
    const other = await platform.token({ scopes: "reports:read" });
    const refused = await platform.call("POST", "/live/tickets", { token: other });
    expect(refused).toMatchObject({ status: 403, body: { requiredScope: "stock:availability" } });
    const response = await fetch(`${platform.outputs.endpoints.api}/live/tickets`, {
      method: "POST",
      headers: { authorization: `Bearer ${admin}` },
    });
    expect(response.status).toBe(201);
  });
});

describe("a live connection", () => {
  it("answers valid and invalid frames, and stays open", async () => {
    const client = await connect();
    expect(await client.ask('{"action":"ping"}', "pong")).toEqual({ type: "pong" });
    expect(await client.ask("no JSON", "error")).toEqual({ type: "error", code: "bad_frame" });
    const bad = JSON.stringify({ action: "subscribe", id: "7", topics: ["stock/MUG", "shop/MUG"] });
    expect(await client.ask(bad, "error")).toEqual({ type: "error", code: "bad_topic", id: "7" });
    expect(await client.ask('{"action":"ping"}', "pong")).toEqual({ type: "pong" });
  });

  it("sends a snapshot and then each change, on every topic of the level", async () => {
    await makeItem("TOPICS");
    await receive("TOPICS", 5);
    const client = await connect();
    const topics = ["stock/TOPICS", `stock/TOPICS/${location}`, `location/${location}`];
    await client.subscribe(...topics, "stock/UNKNOWN");
    const snapshots = client.frames.filter((frame) => frame.type === "snapshot");
    expect(snapshots.map(({ topic, levels }) => [topic, levels.length])).toEqual([
      ["stock/TOPICS", 1],
      [`stock/TOPICS/${location}`, 1],
      ["stock/UNKNOWN", 0],
    ]);
    await receive("TOPICS", 2);
    await vi.waitFor(() => {
      const changes = client.frames.filter((frame) => frame.type === "change" && frame.level.version === 2);
      const topicsOfChanges = new Set(changes.map((frame) => frame.type === "change" && frame.topic));
      expect([...topicsOfChanges].sort()).toEqual([...topics].sort());
      for (const change of changes) expect(change).toMatchObject({ level: { onHand: 7, available: 7 } });
    }, arrival);
  });

  it("sends only availability to a token with stock:availability alone", async () => {
    await makeItem("CUT");
    await receive("CUT", 5);
    const client = await connect(await ticket(await platform.token({ scopes: "stock:availability" })));
    await client.subscribe("stock/CUT");
    await receive("CUT", 1);
    const cut = { sku: "CUT", location, available: 6, version: 2, asOf: expect.any(String) };
    await vi.waitFor(() => expect([...client.levels.values()]).toEqual([cut]), arrival);
  });

  it("sends no change after unsubscribing", async () => {
    await makeItem("QUIET");
    await receive("QUIET");
    const [leaver, stayer] = [await connect(), await connect()];
    await Promise.all([leaver.subscribe("stock/QUIET"), stayer.subscribe("stock/QUIET")]);
    const frame = { action: "unsubscribe", id: "u", topics: ["stock/QUIET"] };
    expect(await leaver.ask(JSON.stringify(frame), "unsubscribed")).toEqual({ type: "unsubscribed", id: "u" });
    await receive("QUIET");
    await vi.waitFor(() => expect(stayer.levels.get(`QUIET ${location}`)?.version).toBe(2), arrival);
    expect(leaver.frames.filter((frame) => frame.type === "change" && frame.level.version > 1)).toEqual([]);
  });
});

describe("200 sockets on one item", () => {
  it("all end with the table's quantity, although every third is dropped during the changes", async () => {
    const random = seededRandom(Number(process.env.SEED ?? Date.now() % 1_000_000));
    await makeItem("CROWD");
    await receive("CROWD", 100);
    const crowd: LiveClient[] = [];
    let over = false;
    onTestFinished(() => {
      over = true;
    });
    /** Connects and subscribes, and does so again after a lost connection, as the contract requires of clients. */
    const join = async (index: number): Promise<void> => {
      const client = await connect();
      crowd[index] = client;
      void client.closed.then(() => (over ? undefined : join(index)));
      await client.subscribe("stock/CROWD").catch((error: unknown) => {
        if (!/the connection ended/.test(String(error))) throw error;
      });
    };
    for (let start = 0; start < 200; start += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, index) => join(start + index)));
    }
    expect(crowd).toHaveLength(200);

    const changing = (async () => {
      for (let change = 0; change < 40; change++) await receive("CROWD", 1 + Math.floor(random() * 5));
    })();
    for (let index = 0; index < crowd.length; index += 3) {
      const dropped = crowd[index];
      dropped?.drop();
      await vi.waitFor(() => expect(crowd[index]).not.toBe(dropped), arrival);
    }
    await changing;

    const last = await truth("CROWD");
    expect(last).toMatchObject({ version: 41 });
    const { onHand, version } = last as { onHand: number; version: number };
    const wrong = () =>
      crowd.filter((client) => {
        const level = client.levels.get(`CROWD ${location}`);
        return !level || !("onHand" in level) || level.onHand !== onHand || level.version !== version;
      });
    await vi.waitFor(() => expect(wrong()).toHaveLength(0), arrival);
  }, 180_000);
});
