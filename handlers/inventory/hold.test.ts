import { describe, expect, it } from "vitest";
import { HoldCommand } from "../../contract/reservation.ts";
import {
  at,
  atMs,
  context,
  idempotency,
  location,
  planContext,
  reservation,
  sku,
} from "../../test/support/inventory-data.ts";
import { doneValue } from "../../test/support/outcome.ts";
import type { HoldLine } from "./allocation.ts";
import { type HoldRequest, planHold, prepareHold } from "./hold.ts";
import { deadlineIndex } from "./keys.ts";

const { id } = reservation();
const widget = sku("widget");
const command = (lines: readonly HoldLine[]) => ({ ...HoldCommand.parse({ lines }), owner: "ann" });

function request(lines: readonly HoldLine[]): HoldRequest {
  return doneValue(prepareHold(id, command(lines)));
}

const placed = { sku: widget, location: location("main"), quantity: 3 };

describe("planHold", () => {
  it("compiles to request record, reservation and one guarded update for each level", () => {
    const withKey = planContext({ context: context({ idempotency }) });
    const expiresAt = new Date(atMs + 900_000).toISOString();
    const held = {
      id,
      owner: "ann",
      status: "HELD",
      expiresAt,
      createdAt: at,
      updatedAt: at,
      version: 1,
      lines: [
        {
          sku: widget,
          quantity: 3,
          allocations: [{ location: placed.location, quantity: 3, fulfilled: 0, released: 0 }],
        },
      ],
    };
    const decision = planHold(withKey, request([placed]), []);
    expect(decision).toMatchObject({
      kind: "write",
      plan: {
        answer: { type: "reservation", reservation: held },
        needs: { existence: "active", skus: [widget], locations: [placed.location] },
      },
    });
    if (decision.kind !== "write") return;
    const [record, reservationWrite, level, ...more] = decision.plan.writes.map(({ write }) => write);
    expect(more).toEqual([]);
    expect(record).toMatchObject({ Put: { TableName: "requests", Item: { state: "done" } } });
    expect(reservationWrite).toStrictEqual({
      Put: {
        TableName: "inventory",
        Item: {
          pk: `RESERVATION#${id}`,
          sk: "HEAD",
          type: "reservation",
          ...held,
          ownerOrder: `${at}#${id}`,
          actor: "ann",
          requestId: "request-1",
          ...deadlineIndex(id, expiresAt),
        },
        ConditionExpression: "attribute_not_exists(#pk)",
        ExpressionAttributeNames: { "#pk": "pk" },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    });
    expect(level).toMatchObject({
      Update: {
        Key: { pk: "STOCK#widget", sk: "AT#main" },
        ConditionExpression: "#sellable >= :sellableMin AND (attribute_not_exists(#pk) OR #reserved <= :reservedMax)",
        ExpressionAttributeValues: {
          ":reserved": 3,
          ":sellable": -3,
          ":intact": 0,
          ":version": 1,
          ":sellableMin": 3,
          ":reservedMax": 999_999_997,
          ":movement": { kind: "reserve", cause: { type: "reservation", id }, deltas: { reserved: 3 } },
        },
      },
    });
  });

  it("changes a level once when two lines take from it", () => {
    const supplies = [{ ...placed, sellable: 9, eligible: true, priority: 1 }];
    const decision = planHold(planContext(), request([placed, { sku: widget, quantity: 2 }]), supplies);
    if (decision.kind !== "write") throw new Error(decision.kind);
    expect(decision.plan.writes.map(({ role }) => role)).toEqual(["newReservation", "level"]);
    expect(decision.plan.answer).toMatchObject({
      reservation: { lines: [{ allocations: [{ quantity: 3 }] }, { allocations: [{ quantity: 2 }] }] },
    });
    expect(decision.plan.writes[1]?.write).toMatchObject({ Update: { ExpressionAttributeValues: { ":reserved": 5 } } });
  });

  it("refuses more than 90 levels after allocation", () => {
    const supplies = Array.from({ length: 91 }, (_, index) => ({
      sku: widget,
      location: location(`shop-${index}`),
      sellable: 1,
      eligible: true,
      priority: 1,
    }));
    const hold = (quantity: number) => planHold(planContext(), request([{ sku: widget, quantity }]), supplies);
    expect(hold(90)).toMatchObject({ kind: "write" });
    expect(hold(91)).toMatchObject({ kind: "refused", refusal: { code: "validation_failed" } });
  });
});

describe("prepareHold", () => {
  it("merges lines of one item and location, and lines of one item without a location", () => {
    const open = { sku: widget, quantity: 1 };
    const { lines } = request([open, placed, open, placed]);
    expect(lines).toEqual([
      { sku: widget, quantity: 2 },
      { ...placed, quantity: 6 },
    ]);
  });

  it("accepts 90 levels after merging and refuses 91", () => {
    const levels = (count: number) => Array.from({ length: count }, (_, n) => ({ sku: sku(`item-${n}`), quantity: 1 }));
    expect(request([...levels(90), ...levels(90)]).lines).toHaveLength(90);
    expect(prepareHold(id, command(levels(91)))).toMatchObject({ refusal: { code: "validation_failed" } });
  });
});
