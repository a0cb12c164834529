import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LocationId } from "../../contract/identifiers.ts";
import type { Reservation } from "../../contract/reservation.ts";
import { uniqueId } from "../../test/support/catalogue.ts";
import { openQueue, queueEvent } from "../../test/support/expiry-queue.ts";
import { recordingLog } from "../../test/support/gateway-event.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { openShop, reservationId, type Shop } from "../../test/support/shop.ts";
import { createExpiryHandler } from "./expire.ts";

let shop: Shop;
let queue: Awaited<ReturnType<typeof openQueue>>;
let leeds: LocationId;
let nowMs = Date.now();

beforeAll(async () => {
  shop = await openShop({ clock: () => nowMs });
  leeds = await shop.addLocation("LEEDS");
});
beforeEach(async () => {
  queue = await openQueue();
});

function openWorker() {
  const [log, meter] = [recordingLog(), recordingMeter()];
  const handler = createExpiryHandler({
    store: shop.reservations,
    sqs: () => queue.sqs,
    queueUrl: queue.queueUrl,
    clock: () => nowMs,
    ids: () => crypto.randomUUID(),
    log,
    meter,
  });
  return { handler, log, meter };
}

async function held(ttlSeconds: number): Promise<Reservation> {
  const sku = await shop.addItem(uniqueId("MUG"));
  const lines = [{ sku, location: leeds, quantity: 3 }];
  await shop.stock.makeMovements(shop.context(crypto.randomUUID()), { kind: "receive", lines });
  const command = { owner: "ada", ttlSeconds, strategy: "priority" as const, lines };
  const outcome = await shop.reservations.hold(shop.context(crypto.randomUUID()), command);
  if (outcome.kind !== "done") throw new Error(outcome.refusal.detail);
  return outcome.value;
}

const levelOf = ({ lines: [line] }: Reservation) =>
  shop.stock.readLevel(line?.sku as never, leeds, { consistent: true });
const timerOf = ({ id, expiresAt }: Reservation) => ({ id, dueAt: expiresAt });

describe("expiry", () => {
  it("expires a reservation once at its deadline, even when timers are delivered twice", async () => {
    const { handler, log, meter } = openWorker();
    const reservation = await held(60);
    nowMs = Date.parse(reservation.expiresAt) + 70;
    const timer = { ...timerOf(reservation), correlationId: "request-of-the-hold" };
    const event = queueEvent(timer, timer);
    expect(await handler(event)).toEqual({ batchItemFailures: [] });
    expect(await handler(event)).toEqual({ batchItemFailures: [] });
    expect(await levelOf(reservation)).toMatchObject({ onHand: 3, reserved: 0, version: 3 });
    expect(log.lines.filter(({ level }) => level === "info")).toEqual([
      expect.objectContaining({
        message: "expired",
        fields: {
          reservation: reservation.id,
          timer_correlation_id: "request-of-the-hold",
          lateMs: 70,
          correlation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
      }),
    ]);
    expect(meter).toMatchObject({
      counts: { ReservationsExpired: 1 },
      measured: [{ name: "ExpiryLag", value: 70, labels: {} }],
    });
    expect(await queue.counts()).toEqual({ ready: 0, delayed: 0 });
  });

  it("sends a timer that is not due again, delayed by the remaining time and at most 15 minutes", async () => {
    const { handler } = openWorker();
    const [soon, far] = [await held(60), await held(86_400)];
    nowMs = Date.parse(soon.expiresAt) - 1;
    expect(await handler(queueEvent(timerOf(soon), timerOf(far)))).toEqual({ batchItemFailures: [] });
    expect(await queue.counts()).toEqual({ ready: 0, delayed: 2 });
    expect(await levelOf(soon)).toMatchObject({ reserved: 3 });
    await expect
      .poll(async () => (await queue.receive()).map(({ Body }) => JSON.parse(Body ?? "")), { timeout: 10_000 })
      .toEqual([timerOf(soon)]);
  });

  it("drops the timer of a deadline that was moved or of a reservation that was decided", async () => {
    const { handler } = openWorker();
    const [extended, confirmed] = [await held(60), await held(60)];
    const key = () => shop.context(crypto.randomUUID());
    await shop.reservations.extend(key(), { id: extended.id }, { ttlSeconds: 600 });
    await shop.reservations.confirm(key(), { id: confirmed.id });
    nowMs = Date.parse(extended.expiresAt);
    const unknown = { id: reservationId("no-such-reservation"), dueAt: extended.expiresAt };
    const event = queueEvent(timerOf(extended), timerOf(confirmed), unknown);
    expect(await handler(event)).toEqual({ batchItemFailures: [] });
    expect(await queue.counts()).toEqual({ ready: 0, delayed: 0 });
    expect(await levelOf(extended)).toMatchObject({ reserved: 3 });
    expect(await levelOf(confirmed)).toMatchObject({ reserved: 3 });
  });

  it("fails only the record that it cannot read and not the batch, even when it is the only record", async () => {
    const { handler, log } = openWorker();
    const reservation = await held(60);
    nowMs = Date.parse(reservation.expiresAt);
    const batchItemFailures = [{ itemIdentifier: "message-0" }];
    expect(await handler(queueEvent("{}", timerOf(reservation)))).toEqual({ batchItemFailures });
    expect(await levelOf(reservation)).toMatchObject({ reserved: 0 });
    expect(await handler(queueEvent("no JSON"))).toEqual({ batchItemFailures });
    expect(log.lines.filter(({ level }) => level === "error")).toHaveLength(2);
  });
});
