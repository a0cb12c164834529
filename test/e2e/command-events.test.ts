import { describe, expect, it } from "vitest";
import { Event, type EventType } from "../../contract/event.ts";
import type { Route } from "../../contract/route.ts";
import { type Operation, routes } from "../../contract/routes.ts";
import { openPublisher, tableRecord } from "../support/published-events.ts";
import { serveShop } from "../support/rest-server.ts";
import { openShop, reservationId } from "../support/shop.ts";
import { openTableStream } from "../support/table-stream.ts";

const table = Object.entries(routes) as [Operation, Route][];
const changing = table.filter(([, { method }]) => method !== "GET");

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}
const put = (path: string, body: unknown): Sent => ({ method: "PUT", path, body });
const post = (path: string, body: unknown = {}): Sent => ({ method: "POST", path, body });
const hold = (id: string): Sent =>
  post("/reservations", { id, lines: [{ sku: "MUG", location: "LEEDS", quantity: 2 }] });

/** A request of each operation, in an order in which each changes something. Some need a `prepare` request first. */
const script: readonly (readonly [Operation | "prepare", Sent])[] = [
  ["putItem", put("/items/MUG", { name: "Mug" })],
  ["patchItem", { method: "PATCH", path: "/items/MUG", body: { name: "Red mug" } }],
  ["prepare", put("/items/CUP", { name: "Cup" })],
  ["archiveItem", { method: "DELETE", path: "/items/CUP" }],
  ["putLocation", put("/locations/LEEDS", { name: "Leeds", kind: "warehouse" })],
  ["patchLocation", { method: "PATCH", path: "/locations/LEEDS", body: { priority: 3 } }],
  ["prepare", put("/locations/YORK", { name: "York", kind: "store" })],
  ["archiveLocation", { method: "DELETE", path: "/locations/YORK" }],
  ["makeMovements", post("/movements", { kind: "receive", lines: [{ sku: "MUG", location: "LEEDS", quantity: 9 }] })],
  ["putPolicy", put("/stock/MUG/LEEDS/policy", { safety: 1 })],
  ["holdReservation", hold("r1")],
  ["extendReservation", post("/reservations/r1/extend", { ttlSeconds: 1_800 })],
  ["payReservation", post("/reservations/r1/pay")],
  ["failPayment", post("/reservations/r1/fail-payment")],
  ["confirmReservation", post("/reservations/r1/confirm")],
  ["fulfilReservation", post("/reservations/r1/fulfil")],
  ["prepare", hold("r2")],
  ["releaseReservation", post("/reservations/r2/release")],
];

async function openSystem() {
  let nowMs = Date.now();
  const shop = await openShop({ clock: () => nowMs });
  const url = await serveShop(shop);
  const readAll = await openTableStream(shop.direct, shop.tables.inventory);
  const publisher = openPublisher();
  let readCount = 0;
  return {
    shop,
    later: (ms: number) => {
      nowMs += ms;
    },
    quarantined: publisher.quarantined,
    send: async ({ method, path, body }: Sent) => {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(method === "POST" && { "idempotency-key": crypto.randomUUID() }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    },
    /** Returns the events since the last call. */
    events: async (): Promise<readonly Event[]> => {
      const records = await readAll();
      const from = publisher.published.length;
      expect(await publisher.handler({ Records: records.slice(readCount).map(tableRecord) })).toEqual({
        batchItemFailures: [],
      });
      readCount = records.length;
      return publisher.published.slice(from);
    },
  };
}

describe("the events of commands", () => {
  it.each(changing)("%s declares its events, or why it has none", (operation, { announces }) => {
    if (announces === undefined) throw new Error(`declare what ${operation} announces, or why it announces nothing`);
    if ("nothing" in announces) return expect(announces.nothing).not.toBe("");
    expect(announces.length).toBeGreaterThan(0);
    expect(script.map(([name]) => name)).toContain(operation);
  });

  it("are raised by each command as its route declares, match the contract, and have before and after", async () => {
    const system = await openSystem();
    const made: Partial<Record<Operation, readonly EventType[]>> = {};
    for (const [operation, sent] of script) {
      await system.send(sent);
      const events = await system.events();
      for (const event of events) {
        expect(Event.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
        expect(event.detail.before === null).toBe(event.detail.version === 1);
      }
      if (operation !== "prepare") made[operation] = events.map((event) => event["detail-type"]).sort();
    }
    const listed = table.flatMap(([operation, { announces }]) =>
      announces === undefined || "nothing" in announces ? [] : [[operation, [...announces].sort()]],
    );
    expect(made).toEqual(Object.fromEntries(listed));
    expect(system.quarantined).toEqual([]);
  });

  it("are also raised by the expiry worker and by a count that leaves too little stock", async () => {
    const system = await openSystem();
    for (const [, sent] of script.slice(0, 9)) await system.send(sent);
    await system.send(hold("late"));
    await system.send(post("/movements", { kind: "count", lines: [{ sku: "MUG", location: "LEEDS", quantity: 1 }] }));
    expect((await system.events()).slice(-2).map((event) => event["detail-type"])).toEqual([
      "StockLevelChanged",
      "StockFellShort",
    ]);
    system.later(901_000);
    await system.shop.reservations.expire(system.shop.context(), reservationId("late"));
    const expired = await system.events();
    expect(expired.map((event) => event["detail-type"]).sort()).toEqual(["ReservationExpired", "StockLevelChanged"]);
    expect(expired.find((event) => event["detail-type"] === "StockLevelChanged")?.detail).toMatchObject({
      id: "StockLevelChanged/stock/MUG/LEEDS/4",
      subject: "stock/MUG/LEEDS",
      cause: { type: "reservation", id: "late" },
      before: { reserved: 2, sellable: -1 },
      after: { reserved: 0, sellable: 1, movement: { kind: "expire" } },
    });
  });
});
