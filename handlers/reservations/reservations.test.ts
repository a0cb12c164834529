import { beforeAll, describe, expect, it } from "vitest";
import { Event } from "../../contract/event.ts";
import type { LocationId } from "../../contract/identifiers.ts";
import type { Operation } from "../../contract/routes.ts";
import { levelCacheWithoutRedis } from "../../test/support/cache.ts";
import { uniqueId } from "../../test/support/catalogue.ts";
import { openQueue } from "../../test/support/expiry-queue.ts";
import { type GatewayRequest, recordingLog, send, type Token } from "../../test/support/gateway-event.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { openShop, realWait, type Shop } from "../../test/support/shop.ts";
import { createLevelsChanged } from "../runtime/cache/index.ts";
import type { EventPublisher } from "../runtime/events/event-publisher.ts";
import { createHttpHandler, type TimerPorts } from "../runtime/index.ts";
import { createReservationStore } from "../store/index.ts";
import { createAnnounceRefusal } from "./refusal-event.ts";
import { createReservationRoutes, reservationChecks } from "./routes.ts";
import { createSetTimer } from "./timer.ts";

let shop: Shop;
let queue: Awaited<ReturnType<typeof openQueue>>;
let leeds: LocationId;
let york: LocationId;
/** The clock of the functions; tests move it past deadlines. */
let nowMs = Date.now();

beforeAll(async () => {
  [shop, queue] = await Promise.all([openShop({ clock: () => nowMs }), openQueue()]);
  leeds = await shop.addLocation("LEEDS", { priority: 1 });
  york = await shop.addLocation("YORK", { priority: 2 });
});

const ada: Token = { sub: "ada", scope: "reservations:read reservations:write" };
const grace: Token = { ...ada, sub: "grace" };
const till: Token = { ...ada, sub: "till", scope: `${ada.scope} reservations:any` };

const takesAll = async () => [];

function openReservations(timer: Partial<TimerPorts> = {}, publish: EventPublisher["publish"] = takesAll) {
  const log = recordingLog();
  const announced: Event[] = [];
  const meter = recordingMeter();
  const ports = { sqs: () => queue.sqs, queueUrl: queue.queueUrl, clock: () => nowMs, log, meter, ...timer };
  const store = createReservationStore(shop.ports);
  const bus: EventPublisher = {
    publish: (events) => {
      announced.push(...events);
      return publish(events);
    },
  };
  const handler = createHttpHandler({
    function: "reservations",
    routes: createReservationRoutes({
      store,
      setTimer: createSetTimer(ports),
      levelsChanged: createLevelsChanged(levelCacheWithoutRedis()),
      meter,
      log,
      announceRefusal: createAnnounceRefusal({ ...ports, bus, wait: realWait }),
    }),
    checks: reservationChecks,
    clock: () => nowMs,
    ids: () => crypto.randomUUID(),
    log,
    meter,
  });
  const call = (operation: Operation, request: GatewayRequest) =>
    send(handler, operation, { token: ada, headers: { "Idempotency-Key": crypto.randomUUID() }, ...request });
  const on =
    (id: string) =>
    (operation: Operation, request: GatewayRequest = {}) =>
      call(operation, { parameters: { id }, ...request });
  return { call, on, log, meter, announced };
}

async function stocked(quantity: number, location = leeds) {
  const sku = await shop.addItem(uniqueId("MUG"));
  const lines = [{ sku, location, quantity }];
  await shop.stock.makeMovements(shop.context(crypto.randomUUID()), { kind: "receive", lines });
  return sku;
}

describe("holdReservation", () => {
  it("holds for the token's subject and repeats its answer for the same key", async () => {
    const sku = await stocked(5);
    const { call, log } = openReservations();
    const request = {
      headers: { "Idempotency-Key": crypto.randomUUID() },
      body: { channel: "web", lines: [{ sku, quantity: 2 }] },
    };
    const held = await call("holdReservation", request);
    expect(held).toMatchObject({ status: 201, headers: { ETag: '"1"' } });
    expect(log.lines.map(({ fields }) => fields)).toContainEqual(
      expect.objectContaining({ correlation_id: expect.any(String), reservation: held.body.id }),
    );
    expect(held.body).toMatchObject({
      owner: "ada",
      channel: "web",
      status: "HELD",
      version: 1,
      expiresAt: new Date(nowMs + 900_000).toISOString(),
      lines: [{ sku, quantity: 2, allocations: [{ location: leeds, quantity: 2, fulfilled: 0, released: 0 }] }],
    });
    const again = await call("holdReservation", request);
    expect(again).toMatchObject({ status: 201, headers: { "Idempotent-Replayed": "true" }, body: held.body });
  });

  it("refuses the whole hold when one line has too little stock, and names the shortfall", async () => {
    const [plenty, scarce] = [await stocked(5), await stocked(1)];
    const { call } = openReservations();
    const lines = [
      { sku: plenty, quantity: 1 },
      { sku: scarce, quantity: 2, location: leeds },
    ];
    const answer = await call("holdReservation", { body: { lines } });
    expect(answer).toMatchObject({ status: 409, body: { code: "insufficient_stock" } });
    expect(answer.body.shortfalls).toEqual([{ sku: scarce, location: leeds, requested: 2, available: 1 }]);
    expect(await shop.stock.readLevel(plenty, leeds, { consistent: true })).toMatchObject({ reserved: 0, version: 1 });
  });

  it("announces a refusal with its reason, but no successful hold and no invalid request", async () => {
    const scarce = await stocked(1);
    const { call, announced, meter } = openReservations();
    const lines = [{ sku: scarce, quantity: 2, location: leeds }];
    await call("holdReservation", { body: { channel: "web", lines } });
    await call("holdReservation", { body: { lines: [{ sku: "no such item", quantity: 1 }] } });
    await call("holdReservation", { body: { lines: [{ sku: scarce, quantity: 1 }] } });
    const shortfalls = [{ sku: scarce, location: leeds, requested: 2, available: 1 }];
    expect(announced.map((event) => Event.parse(event))).toEqual(announced);
    expect(announced).toMatchObject([
      {
        "detail-type": "ReservationRefused",
        detail: {
          id: expect.stringMatching(/^ReservationRefused\/request\/.+\/0$/),
          before: null,
          after: null,
          refused: { owner: "ada", channel: "web", lines, code: "insufficient_stock", shortfalls },
        },
      },
    ]);
    expect(meter.counts).toEqual({ ReservationsHeld: 1 });
  });

  it.each([
    ["hangs", () => new Promise<never>(() => undefined)],
    ["refuses", async (events: readonly Event[]) => events],
  ])("still answers the refusal when the event bus %s", async (_, publish) => {
    const scarce = await stocked(1);
    const { call, meter } = openReservations({}, publish);
    const answer = await call("holdReservation", { body: { lines: [{ sku: scarce, quantity: 2 }] } });
    expect(answer).toMatchObject({ status: 409, body: { code: "insufficient_stock" } });
    expect(meter.counts).toEqual({ RefusalsNotAnnounced: 1 });
  });

  it("holds for another owner only with reservations:any, and refuses this before a missing key", async () => {
    const sku = await stocked(5);
    const { call } = openReservations();
    const request = { body: { owner: "grace", lines: [{ sku, quantity: 1 }] } };
    const refused = await call("holdReservation", { ...request, headers: {} });
    expect(refused).toMatchObject({ status: 403, body: { requiredScope: "reservations:any" } });
    expect((await call("holdReservation", { ...request, token: till })).body.owner).toBe("grace");
    const own = { ...request, body: { ...request.body, owner: "ada" } };
    expect((await call("holdReservation", own)).status).toBe(201);
  });

  it("refuses an id in use, and refuses 91 levels before a missing key", async () => {
    const sku = await stocked(5);
    const { call } = openReservations();
    const body = { id: uniqueId("R"), lines: [{ sku, quantity: 1 }] };
    expect((await call("holdReservation", { body })).body.id).toBe(body.id);
    expect((await call("holdReservation", { body })).body.code).toBe("reservation_exists");
    const lines = Array.from({ length: 91 }, (_, index) => ({ sku, quantity: 1, location: `L${index}` }));
    expect((await call("holdReservation", { body: { lines }, headers: {} })).body.code).toBe("validation_failed");
  });
});

describe("reservations of other owners", () => {
  it("are not found without reservations:any", async () => {
    const sku = await stocked(5);
    const { call, on } = openReservations();
    const { body: held } = await call("holdReservation", { body: { lines: [{ sku, quantity: 1 }] } });
    const at = on(held.id);
    const commands = ["payReservation", "confirmReservation", "releaseReservation", "fulfilReservation"] as const;
    for (const operation of ["getReservation", ...commands] as const) {
      expect((await at(operation, { token: grace })).body.code).toBe("not_found");
    }
    expect((await at("getReservation", { token: till })).body).toEqual(held);
    expect((await call("listReservations", { token: grace, query: { owner: "ada" } })).body).toEqual({
      items: [],
      nextCursor: null,
    });
    const listed = await call("listReservations", { token: till, query: { owner: "ada", limit: "100" } });
    expect(listed.body.items).toContainEqual(held);
    expect((await at("confirmReservation", { token: till })).body.status).toBe("CONFIRMED");
  });
});

describe("a reservation's life", () => {
  const hold = async (quantity = 3, fields: object = {}) => {
    const sku = await stocked(5);
    const service = openReservations();
    const { body } = await service.call("holdReservation", { body: { ...fields, lines: [{ sku, quantity }] } });
    return { ...service, sku, held: body, at: service.on(body.id) };
  };

  it("goes through pay and confirm to a fulfilment in parts", async () => {
    const { at, sku, held } = await hold();
    const paying = await at("payReservation", { body: { payWithinSeconds: 60 } });
    expect(paying.body).toMatchObject({ status: "PAYING", payBy: new Date(nowMs + 60_000).toISOString(), version: 2 });
    expect((await at("confirmReservation")).body).toMatchObject({ status: "CONFIRMED", version: 3 });
    const part = await at("fulfilReservation", { body: { lines: [{ sku, quantity: 1 }] } });
    expect(part).toMatchObject({ status: 200, headers: { ETag: '"4"' }, body: { status: "PARTIALLY_FULFILLED" } });
    expect((await at("fulfilReservation")).body).toMatchObject({ status: "FULFILLED", version: 5 });
    expect((await at("releaseReservation")).body.code).toBe("reservation_state");
    expect(await shop.stock.readLevel(sku, leeds, { consistent: true })).toMatchObject({ onHand: 2, reserved: 0 });
    expect((await at("getReservation")).body).toMatchObject({ id: held.id, status: "FULFILLED" });
  });

  it("goes back to HELD when payment fails, is extended from now, and is released", async () => {
    const { at, sku } = await hold();
    await at("payReservation");
    expect((await at("extendReservation", { body: { ttlSeconds: 60 } })).body.code).toBe("reservation_state");
    expect((await at("failPayment")).body).toMatchObject({ status: "HELD" });
    const extended = await at("extendReservation", { body: { ttlSeconds: 7_200 } });
    expect(extended.body.expiresAt).toBe(new Date(nowMs + 7_200_000).toISOString());
    expect((await at("releaseReservation")).body.status).toBe("RELEASED");
    expect(await shop.stock.readLevel(sku, leeds, { consistent: true })).toMatchObject({ onHand: 5, reserved: 0 });
  });

  it("compares If-Match", async () => {
    const { at } = await hold();
    const headers = (version: number) => ({
      headers: { "Idempotency-Key": crypto.randomUUID(), "If-Match": `"${version}"` },
    });
    expect((await at("confirmReservation", headers(2))).body.code).toBe("version_mismatch");
    expect((await at("confirmReservation", headers(1))).status).toBe(200);
  });

  it("shows EXPIRED from the deadline on, and then accepts only release", async () => {
    const { at, held } = await hold(1, { ttlSeconds: 30 });
    const heldAtMs = nowMs;
    nowMs = Date.parse(held.expiresAt) - 1;
    expect((await at("getReservation")).body.status).toBe("HELD");
    nowMs += 1;
    expect((await at("getReservation")).body).toMatchObject({ status: "EXPIRED", version: 2 });
    expect((await at("confirmReservation")).body.code).toBe("reservation_expired");
    expect(await at("releaseReservation")).toMatchObject({ status: 200, body: { status: "EXPIRED" } });
    nowMs = heldAtMs;
  });

  it("lists the subject's own reservations newest first, by status, page by page", async () => {
    const lister: Token = { ...ada, sub: uniqueId("ada") };
    const sku = await stocked(9);
    const { call, on } = openReservations();
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) {
      nowMs += 1;
      const held = await call("holdReservation", { token: lister, body: { lines: [{ sku, quantity: 1 }] } });
      ids.unshift(held.body.id);
    }
    await on(ids[1] ?? "")("confirmReservation", { token: lister });
    const list = async (query: Record<string, string>) => {
      const { body } = await call("listReservations", { token: lister, query });
      return { ids: body.items.map(({ id }: { id: string }) => id), cursor: body.nextCursor as string };
    };
    const first = await list({ limit: "3" });
    expect(first.ids).toEqual(ids.slice(0, 3));
    expect((await list({ limit: "3", cursor: first.cursor })).ids).toEqual(ids.slice(3));
    expect((await list({ status: "CONFIRMED" })).ids).toEqual([ids[1]]);
  });
});

describe("the timer", () => {
  it("is sent for each deadline that a command sets, delayed by at most 15 minutes", async () => {
    queue = await openQueue();
    const { call, on } = openReservations();
    const sku = await stocked(9, york);
    const hold = async (ttlSeconds: number) =>
      (await call("holdReservation", { body: { ttlSeconds, lines: [{ sku, quantity: 1 }] } })).body;
    const far = await hold(86_400);
    expect(await queue.counts()).toEqual({ ready: 0, delayed: 1 });
    await on(far.id)("payReservation", { body: { payWithinSeconds: 60 } });
    await on(far.id)("failPayment");
    await on(far.id)("extendReservation", { body: { ttlSeconds: 60 } });
    expect(await queue.counts()).toEqual({ ready: 0, delayed: 4 });
    await on(far.id)("confirmReservation");
    await call("holdReservation", { body: { lines: [{ sku, quantity: 100 }] } });
    expect(await queue.counts()).toEqual({ ready: 0, delayed: 4 });
  });

  it("does not change the answer when the queue does not exist", async () => {
    const sku = await stocked(5);
    const { call, log, meter } = openReservations({ queueUrl: `${queue.queueUrl}-away` });
    expect((await call("holdReservation", { body: { lines: [{ sku, quantity: 1 }] } })).status).toBe(201);
    expect(log.lines.map(({ level }) => level)).toEqual(["warn", "info", "info"]);
    expect(meter.counts).toEqual({ ExpiryTimersNotSent: 1, ReservationsHeld: 1 });
  });
});
