import { describe, expect, it } from "vitest";
import { context, idempotency, location, planContext, reservation, sku } from "../../test/support/inventory-data.ts";
import { guardsFor } from "./guard.ts";
import type { LevelChange } from "./level-change.ts";
import { movementOf } from "./movement.ts";
import { composePlan, type PlannedWrite } from "./plan.ts";
import { reservationPut } from "./reservation-record.ts";
import type { Attributes } from "./table-write.ts";
import { verdictOf } from "./verdict.ts";

const widget = { sku: sku("widget"), location: location("main") };

function change(onHand: number, fields: Partial<LevelChange> = {}): LevelChange {
  const deltas = { onHand };
  const movement = movementOf(planContext(), { kind: "adjust", quantity: onHand, deltas, index: 0 });
  return { place: widget, movement, guards: guardsFor(deltas), ...fields };
}

function planned(changes: readonly LevelChange[], role?: "reservation" | "newReservation"): readonly PlannedWrite[] {
  const { id } = reservation();
  const write = reservationPut(planContext(), reservation());
  const decision = composePlan(planContext({ context: context({ idempotency }) }), {
    answer: { type: "movements", movements: [] },
    needs: { existence: "known", skus: [], locations: [] },
    ...(role && { reservation: role === "newReservation" ? { role, id, write } : { role, write } }),
    changes,
  });
  if (decision.kind !== "write") throw new Error(decision.kind);
  return decision.plan.writes;
}

/** Returns the verdict when every write fails, each with its own old item. */
const verdict = (writes: readonly PlannedWrite[], olds: readonly (Attributes | undefined)[]) =>
  verdictOf(writes.map((each, index) => ({ planned: each, old: olds[index] })));

describe("verdictOf", () => {
  it("gives the request record precedence over every other reason", () => {
    const old = { state: "done" };
    expect(verdict(planned([change(-3)], "newReservation"), [old])).toEqual({ kind: "record", old });
  });

  it("answers stale, before any refusal, when what was read has changed", () => {
    const [, ...writes] = planned([change(-3)], "reservation");
    expect(verdict(writes, [])).toEqual({ kind: "stale" });
    const [, level] = planned([change(-3, { version: { number: 4, by: "read" } })]);
    expect(verdict(level ? [level] : [], [{ version: 5 }])).toEqual({ kind: "stale" });
  });

  it("refuses with version_mismatch when the client named the version", () => {
    const [, ...writes] = planned([change(-3, { version: { number: 4, by: "client" } })]);
    expect(verdict(writes, [{ version: 5, sellable: 0, onHand: 0 }])).toMatchObject({
      refusal: { code: "version_mismatch" },
    });
    expect(verdict(writes, [{ version: 4, sellable: 0, onHand: 0 }])).toMatchObject({
      refusal: { code: "insufficient_stock" },
    });
  });

  it("refuses with reservation_exists before insufficient_stock", () => {
    const [, ...writes] = planned([change(-3)], "newReservation");
    expect(verdict(writes, [])).toMatchObject({ refusal: { code: "reservation_exists" } });
  });

  it("names every level with too little stock and what it has; an absent level has nothing", () => {
    const other = { ...widget, location: location("other") };
    const [, ...writes] = planned([change(-3), change(-5, { place: other })]);
    expect(verdict(writes, [{ sellable: 2, onHand: 9 }, undefined])).toMatchObject({
      refusal: {
        code: "insufficient_stock",
        shortfalls: [
          { ...widget, requested: 3, available: 2 },
          { ...other, requested: 5, available: 0 },
        ],
      },
    });
  });

  it("names the quantity that is too low when sellable is sufficient (backorders)", () => {
    const [, ...writes] = planned([change(-3)]);
    expect(verdict(writes, [{ sellable: 9, onHand: 1 }])).toMatchObject({
      refusal: { shortfalls: [{ requested: 3, available: 1 }] },
    });
  });

  it("refuses with quantity_limit above the range, after insufficient_stock", () => {
    const full = { onHand: 1_000_000_000, sellable: 0 };
    const [, ...above] = planned([change(1)]);
    expect(verdict(above, [full])).toMatchObject({ refusal: { code: "quantity_limit" } });
    const [, ...both] = planned([change(1), change(-1, { place: { ...widget, sku: sku("other") } })]);
    expect(verdict(both, [full, undefined])).toMatchObject({ refusal: { code: "insufficient_stock" } });
  });
});
