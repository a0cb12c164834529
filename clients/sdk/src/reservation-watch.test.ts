import { describe, expect, it } from "vitest";
import { createClock } from "./clock.fixture.ts";
import { createHoldfast } from "./index.ts";
import type { Reservation } from "./operations.generated.ts";

const settle = () => new Promise((resolve) => setImmediate(resolve));

function start(secondsLeft: number) {
  const clock = createClock();
  const at = new Date(clock.now()).toISOString();
  const reservation: Reservation = {
    id: "r1",
    owner: "ada",
    status: "HELD",
    lines: [],
    createdAt: at,
    updatedAt: at,
    version: 1,
    expiresAt: new Date(clock.now() + secondsLeft * 1_000).toISOString(),
  };
  const service = { reservation, reads: 0, paths: [] as string[] };
  const holdfast = createHoldfast({
    api: "http://service/v1",
    ports: {
      ...clock,
      fetch: async (url, { method }) => {
        if (method === "GET") service.reads += 1;
        else service.paths.push(url);
        return Response.json(service.reservation);
      },
    },
  });
  const watch = holdfast.watchReservation("r1");
  return { clock, service, holdfast, watch, leave: watch.subscribe(() => undefined) };
}

describe("watchReservation", () => {
  it("counts down by the second and reads the final state at the end", async () => {
    const { clock, service, watch } = start(3);
    await settle();
    expect(watch.getSnapshot()).toMatchObject({ reservation: { status: "HELD" }, secondsLeft: 3 });
    clock.advance(1_000);
    expect(watch.getSnapshot().secondsLeft).toBe(2);
    service.reservation = { ...service.reservation, status: "EXPIRED", version: 2 };
    clock.advance(2_000);
    await settle();
    expect(watch.getSnapshot()).toMatchObject({ reservation: { status: "EXPIRED" }, secondsLeft: undefined });
    clock.advance(600_000);
    await settle();
    expect(service.reads).toBe(2);
  });

  it("shows the answer of a step immediately, and never an older version after it", async () => {
    const { clock, service, watch } = start(900);
    await settle();
    const held = service.reservation;
    service.reservation = { ...held, status: "CONFIRMED", version: 2 };
    expect(await watch.take("confirmReservation", {})).toMatchObject({ status: "CONFIRMED" });
    expect(service.paths).toEqual(["http://service/v1/reservations/r1/confirm"]);
    service.reservation = held;
    clock.advance(5_000);
    await settle();
    expect(watch.getSnapshot()).toMatchObject({ reservation: { status: "CONFIRMED" }, secondsLeft: undefined });
  });

  it("does not read or count at rest, and shows the remaining time on wake", async () => {
    const { clock, service, watch, holdfast } = start(900);
    await settle();
    holdfast.rest();
    expect(clock.waits()).toEqual([]);
    clock.advance(60_000);
    await settle();
    expect(service.reads).toBe(1);
    holdfast.wake();
    expect(watch.getSnapshot().secondsLeft).toBe(840);
    await settle();
    expect(service.reads).toBe(2);
  });

  it("does nothing without a listener", async () => {
    const { clock, service, leave } = start(900);
    await settle();
    leave();
    clock.advance(60_000);
    await settle();
    expect(service.reads).toBe(1);
    expect(clock.waits()).toEqual([]);
  });
});
