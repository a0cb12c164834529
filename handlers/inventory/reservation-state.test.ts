import { describe, expect, it } from "vitest";
import type { Reservation } from "../../contract/reservation.ts";
import { at, atMs, location, reservation, sku } from "../../test/support/inventory-data.ts";
import { type Act, moveReservation, reservationAt } from "./reservation-state.ts";

const acts = {
  pay: { kind: "pay", command: { payWithinSeconds: 60 } },
  failPayment: { kind: "failPayment" },
  confirm: { kind: "confirm" },
  extend: { kind: "extend", command: { ttlSeconds: 60 } },
  release: { kind: "release", command: {} },
  fulfil: { kind: "fulfil", command: {} },
  expire: { kind: "expire" },
} as const satisfies Record<string, Act>;

const later = (ms: number): string => new Date(atMs + ms).toISOString();
const widget = sku("widget");
const north = location("north");
const south = location("south");

const [line] = reservation().lines;
const withParts = (fulfilled: number, released: number): Reservation["lines"] =>
  line ? [{ ...line, allocations: line.allocations.map((each) => ({ ...each, fulfilled, released })) }] : [];

const states: Record<string, Reservation> = {
  HELD: reservation(),
  PAYING: reservation({ status: "PAYING", payBy: later(60_000) }),
  CONFIRMED: reservation({ status: "CONFIRMED" }),
  PARTIALLY_FULFILLED: reservation({ status: "PARTIALLY_FULFILLED", lines: withParts(1, 0) }),
  FULFILLED: reservation({ status: "FULFILLED" }),
  RELEASED: reservation({ status: "RELEASED" }),
  EXPIRED: reservation({ status: "EXPIRED" }),
  "HELD past expiresAt": reservation({ expiresAt: at }),
  "PAYING past payBy": reservation({ status: "PAYING", payBy: at }),
  "PAYING past expiresAt alone": reservation({ status: "PAYING", payBy: later(60_000), expiresAt: at }),
};

/** The whole state machine: the result of each act in each state. */
const table: Record<string, Record<keyof typeof acts, string>> = {
  HELD: row("PAYING", "state", "CONFIRMED", "HELD", "RELEASED", "state", "same"),
  PAYING: row("state", "HELD", "CONFIRMED", "state", "RELEASED", "state", "same"),
  CONFIRMED: row("state", "state", "state", "state", "RELEASED", "FULFILLED", "same"),
  PARTIALLY_FULFILLED: row("state", "state", "state", "state", "FULFILLED", "FULFILLED", "same"),
  FULFILLED: row("state", "state", "state", "state", "state", "state", "same"),
  RELEASED: row("state", "state", "state", "state", "state", "state", "same"),
  EXPIRED: row("expired", "expired", "expired", "expired", "same", "expired", "same"),
  "HELD past expiresAt": row("expired", "expired", "expired", "expired", "EXPIRED", "expired", "EXPIRED"),
  "PAYING past payBy": row("expired", "expired", "expired", "expired", "EXPIRED", "expired", "EXPIRED"),
  "PAYING past expiresAt alone": row("state", "EXPIRED", "CONFIRMED", "state", "RELEASED", "state", "same"),
};

function row(...cells: [string, string, string, string, string, string, string]) {
  const [pay, failPayment, confirm, extend, release, fulfil, expire] = cells;
  return { pay, failPayment, confirm, extend, release, fulfil, expire };
}

function outcomeOf(stored: Reservation, act: Act): string {
  const move = moveReservation(stored, act, { atMs });
  if (move.kind === "refused") return move.refusal.code.replace("reservation_", "");
  return move.kind === "unchanged" ? "same" : move.next.status;
}

describe("moveReservation", () => {
  const cells = Object.entries(table).flatMap(([state, cell]) =>
    (Object.keys(acts) as (keyof typeof acts)[]).map((act) => [act, state, cell[act]] as const),
  );
  it.each(cells)("%s in %s: %s", (act, state, expected) => {
    const stored = states[state];
    if (!stored) throw new Error(`no state ${state}`);
    expect(outcomeOf(stored, acts[act])).toBe(expected);
  });

  it("raises the version by one and changes no level for pay, confirm and extend", () => {
    for (const act of [acts.pay, acts.confirm, acts.extend]) {
      const move = moveReservation(reservation({ version: 4 }), act, { atMs });
      expect(move).toMatchObject({ kind: "moved", next: { version: 5, updatedAt: at } });
      expect(move).not.toHaveProperty("levels");
    }
  });

  it("sets payBy for pay, and extends from now, not from the old deadline", () => {
    const move = (act: Act) => moveReservation(reservation(), act, { atMs });
    expect(move(acts.pay)).toMatchObject({ next: { payBy: later(60_000), expiresAt: later(900_000) } });
    expect(move(acts.extend)).toMatchObject({ next: { expiresAt: later(60_000) } });
  });

  it("keeps the state when a part is released", () => {
    const lines = [{ sku: widget, location: south, quantity: 1 }];
    expect(moveReservation(reservation(), { kind: "release", command: { lines } }, { atMs })).toMatchObject({
      next: { status: "HELD", lines: [{ allocations: [{ released: 0 }, { released: 1 }] }] },
      levels: { kind: "release", parts: [{ sku: widget, location: south, quantity: 1 }] },
    });
  });

  it("serves lines without a location from the stock that the other lines leave", () => {
    const lines = [
      { sku: widget, quantity: 3 },
      { sku: widget, location: north, quantity: 2 },
    ];
    const confirmed = reservation({ status: "CONFIRMED" });
    expect(moveReservation(confirmed, { kind: "fulfil", command: { lines } }, { atMs })).toMatchObject({
      next: { status: "FULFILLED" },
      levels: {
        parts: [
          { location: north, quantity: 2 },
          { location: south, quantity: 3 },
        ],
      },
    });
  });

  it("refuses more than is left, at one location or in total", () => {
    for (const over of [{ quantity: 6 }, { quantity: 3, location: north }, { sku: sku("other"), quantity: 1 }]) {
      const command = { lines: [{ sku: widget, ...over }] };
      expect(outcomeOf(reservation(), { kind: "release", command })).toBe("state");
    }
  });

  it("becomes FULFILLED when the rest of a partially fulfilled reservation is released", () => {
    const move = moveReservation(states.PARTIALLY_FULFILLED as Reservation, acts.release, { atMs });
    expect(move).toMatchObject({
      next: { status: "FULFILLED" },
      levels: { parts: [{ quantity: 1 }, { quantity: 2 }] },
    });
  });

  it("expires only what partial releases have left", () => {
    const stored = reservation({ expiresAt: at, lines: withParts(0, 1) });
    expect(moveReservation(stored, acts.expire, { atMs })).toMatchObject({
      next: { status: "EXPIRED", lines: withParts(0, 1) },
      levels: { kind: "expire", parts: [{ quantity: 1 }, { quantity: 2 }] },
    });
  });

  it("refuses with version_mismatch before it checks the state", () => {
    const move = moveReservation(states.RELEASED as Reservation, acts.pay, { atMs, expectedVersion: 9 });
    expect(move).toMatchObject({ refusal: { code: "version_mismatch" } });
  });
});

describe("reservationAt", () => {
  it("shows EXPIRED from the deadline on, exactly as the expiry will write it", () => {
    const stored = reservation({ version: 3 });
    const deadlineMs = Date.parse(stored.expiresAt);
    expect(reservationAt(stored, deadlineMs - 1)).toBe(stored);
    const shown = reservationAt(stored, deadlineMs);
    expect(shown).toMatchObject({ status: "EXPIRED", version: 4, updatedAt: stored.expiresAt });
    const move = moveReservation(stored, acts.expire, { atMs: deadlineMs + 3_000 });
    expect(move).toMatchObject({ kind: "moved", next: shown });
  });
});
