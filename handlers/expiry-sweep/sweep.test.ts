import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, describe, expect, it } from "vitest";
import type { LocationId } from "../../contract/identifiers.ts";
import type { Reservation } from "../../contract/reservation.ts";
import { uniqueId } from "../../test/support/catalogue.ts";
import { recordingLog } from "../../test/support/gateway-event.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { openShop, type Shop } from "../../test/support/shop.ts";
import type { ReservationStore } from "../store/index.ts";
import { createSweepCursor, type SweepCursor } from "./cursor.ts";
import { createSweep } from "./sweep.ts";

const minuteMs = 60_000;
let shop: Shop;
let leeds: LocationId;
let cursor: SweepCursor;
/** The time of the fake clock. It starts at the beginning of a minute. */
let nowMs = Math.floor(Date.now() / minuteMs) * minuteMs;
const nowMinute = () => Math.floor(nowMs / minuteMs);

beforeEach(async () => {
  shop = await openShop({ clock: () => nowMs });
  nowMs = Math.floor(Date.now() / minuteMs) * minuteMs;
  leeds = await shop.addLocation("LEEDS");
  cursor = createSweepCursor(() => shop.direct, shop.tables.requests);
  await setCursor(nowMinute());
});

function openSweep(store: Partial<ReservationStore> = {}) {
  const [log, meter] = [recordingLog(), recordingMeter()];
  const sweep = createSweep({
    store: { ...shop.reservations, ...store },
    cursor,
    clock: () => nowMs,
    log,
    meter,
    ids: () => crypto.randomUUID(),
  });
  return { sweep, log, meter };
}

async function held(ttlSeconds: number): Promise<Reservation> {
  const sku = await shop.addItem(uniqueId("MUG"));
  const lines = [{ sku, location: leeds, quantity: 1 }];
  await shop.stock.makeMovements(shop.context(crypto.randomUUID()), { kind: "receive", lines });
  const command = { owner: "ada", ttlSeconds, strategy: "priority" as const, lines };
  const outcome = await shop.reservations.hold(shop.context(crypto.randomUUID()), command);
  if (outcome.kind !== "done") throw new Error(outcome.refusal.detail);
  return outcome.value;
}

const reservedOf = async ({ lines: [line] }: Reservation) =>
  (await shop.stock.readLevel(line?.sku as never, leeds, { consistent: true })).reserved;

/** Sets the cursor to any minute, also back. */
const setCursor = (minute: number) =>
  shop.direct.send(new PutCommand({ TableName: shop.tables.requests, Item: { pk: "SWEEP#CURSOR", minute } }));

describe("sweep", () => {
  it("expires due reservations without a timer in every shard, and leaves those that are not due", async () => {
    const due = await Promise.all(Array.from({ length: 30 }, () => held(30)));
    const later = await held(600);
    nowMs += 36_000;
    const { sweep, meter } = openSweep();
    expect(await sweep()).toMatchObject({ expired: 30, failed: 0 });
    expect(await Promise.all(due.map(reservedOf))).toEqual(Array(30).fill(0));
    expect(await reservedOf(later)).toBe(1);
    expect(meter.counts).toEqual({ ReservationsExpired: 30 });
    expect(meter.measured.filter(({ name }) => name === "ExpiryLag")).toHaveLength(30);
    expect(await sweep()).toMatchObject({ expired: 0 });
  });

  it("starts 15 minutes ago when there is no cursor yet", async () => {
    cursor = createSweepCursor(() => shop.direct, (await openShop()).tables.requests);
    expect(await openSweep().sweep()).toMatchObject({ expired: 0, behindMinutes: 10 });
    expect(await cursor.read()).toBe(nowMinute() - 10);
  });

  it("waits five seconds for the timer before it expires a reservation", async () => {
    const reservation = await held(30);
    nowMs = Date.parse(reservation.expiresAt) + 4_999;
    expect((await openSweep().sweep()).expired).toBe(0);
    nowMs += 1;
    expect((await openSweep().sweep()).expired).toBe(1);
  });

  it("passes a minute only when it was empty at least 10 minutes after its end", async () => {
    const reservation = await held(30);
    const minute = Math.floor(Date.parse(reservation.expiresAt) / minuteMs);
    nowMs = (minute + 1) * minuteMs + 10 * minuteMs - 1;
    expect(await openSweep().sweep()).toMatchObject({ expired: 1 });
    expect(await cursor.read()).toBe(minute);
    nowMs += 1;
    await openSweep().sweep();
    expect(await cursor.read()).toBe(minute + 1);
  });

  it("does not pass a minute in which it just expired a reservation, however old the minute is", async () => {
    const reservation = await held(30);
    const minute = Math.floor(Date.parse(reservation.expiresAt) / minuteMs);
    await setCursor(minute);
    nowMs = (minute + 17) * minuteMs;
    expect(await openSweep().sweep()).toMatchObject({ expired: 1 });
    expect(await cursor.read()).toBe(minute);
    await openSweep().sweep();
    expect(await cursor.read()).toBe(nowMinute() - 10);
  });

  it("finds an entry that appeared late in the index", async () => {
    const reservation = await held(30);
    const minute = Math.floor(Date.parse(reservation.expiresAt) / minuteMs);
    await setCursor(minute);
    nowMs = (minute + 5) * minuteMs;
    expect((await openSweep({ listDue: async () => [] }).sweep()).expired).toBe(0);
    expect(await reservedOf(reservation)).toBe(1);
    nowMs += 4 * minuteMs;
    expect((await openSweep().sweep()).expired).toBe(1);
  });

  it("continues after a failed expiry, keeps its minute open, and still reads recent minutes", async () => {
    const [failing, other] = [await held(30), await held(30)];
    const minute = Math.floor(Date.parse(failing.expiresAt) / minuteMs);
    await setCursor(minute);
    const expire: ReservationStore["expire"] = async (context, id) => {
      if (id === failing.id) throw new Error("no answer");
      return shop.reservations.expire(context, id);
    };
    nowMs = (minute + 20) * minuteMs;
    const recent = await held(30);
    nowMs += 40_000;
    const { sweep, log, meter } = openSweep({ expire });
    expect(await sweep()).toMatchObject({ expired: 2, failed: 1 });
    expect(await Promise.all([failing, other, recent].map(reservedOf))).toEqual([1, 0, 0]);
    expect(await cursor.read()).toBe(minute);
    expect(meter.counts).toEqual({ ReservationsExpired: 2, ReservationsNotExpired: 1 });
    expect(log.lines).toContainEqual(expect.objectContaining({ level: "error" }));
    await openSweep().sweep();
    expect(await reservedOf(failing)).toBe(0);
  });

  it("stops in time when there is too much work, and continues in the next run", async () => {
    const due = await Promise.all(Array.from({ length: 20 }, () => held(30)));
    nowMs += 60_000;
    const expire: ReservationStore["expire"] = (context, id) => {
      nowMs += 3_000;
      return shop.reservations.expire(context, id);
    };
    const first = await openSweep({ expire }).sweep();
    expect(first.expired).toBeGreaterThan(0);
    expect(first.expired).toBeLessThan(20);
    const second = await openSweep().sweep();
    expect(first.expired + second.expired).toBe(20);
    expect(await Promise.all(due.map(reservedOf))).toEqual(Array(20).fill(0));
  });
});

describe("createSweepCursor", () => {
  it("never moves back", async () => {
    await setCursor(100);
    await cursor.advance(102);
    await cursor.advance(101);
    expect(await cursor.read()).toBe(102);
  });
});
