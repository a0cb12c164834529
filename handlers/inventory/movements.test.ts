import { describe, expect, it } from "vitest";
import {
  at,
  atMs,
  context,
  idempotency,
  levelRecord,
  location,
  planContext,
  sku,
} from "../../test/support/inventory-data.ts";
import { doneValue } from "../../test/support/outcome.ts";
import { requestKey } from "./keys.ts";
import { placeKey } from "./level.ts";
import { type MovementRequest, planMovements, prepareMovements } from "./movements.ts";
import type { Decision, Plan } from "./plan.ts";

const widget = { sku: sku("widget"), location: location("main") };
const none = new Map();

function request(...input: Parameters<typeof prepareMovements>): MovementRequest {
  return doneValue(prepareMovements(...input));
}

function planOf(decision: Decision): Plan {
  if (decision.kind !== "write") throw new Error(`not a write but ${decision.kind}`);
  return decision.plan;
}

const writes = (decision: Decision) => planOf(decision).writes.map(({ write }) => write);

const names = {
  "#onHand": "onHand",
  "#reserved": "reserved",
  "#incoming": "incoming",
  "#damaged": "damaged",
  "#qualityHold": "qualityHold",
  "#safety": "safety",
  "#backorderLimit": "backorderLimit",
  "#sellable": "sellable",
  "#intact": "intact",
  "#version": "version",
  "#type": "type",
  "#sku": "sku",
  "#location": "location",
  "#updatedAt": "updatedAt",
  "#movement": "movement",
};
const zeros = {
  ":onHand": 0,
  ":reserved": 0,
  ":incoming": 0,
  ":damaged": 0,
  ":qualityHold": 0,
  ":safety": 0,
  ":backorderLimit": 0,
};

describe("planMovements", () => {
  it("compiles an adjust with a key to exactly this transaction", () => {
    const adjust = request({ kind: "adjust", reason: "found broken", lines: [{ ...widget, quantity: -3 }] });
    const withKey = planContext({ context: context({ idempotency }) });
    const movement = {
      id: "request-1-1",
      kind: "adjust",
      quantity: -3,
      deltas: { onHand: -3 },
      cause: { type: "request", id: "request-1" },
      actor: "ann",
      reason: "found broken",
      at,
      occurredAt: at,
      requestId: "request-1",
    };
    expect(writes(planMovements(withKey, adjust, none))).toStrictEqual([
      {
        Put: {
          TableName: "requests",
          Item: {
            pk: requestKey(idempotency).pk,
            state: "done",
            bodyHash: "hash-1",
            requestId: "request-1",
            answer: {
              type: "movements",
              movements: [{ id: "request-1-1", kind: "adjust", ...widget, quantity: -3 }],
            },
            ttl: atMs / 1_000 + 86_400,
          },
          ConditionExpression: "attribute_not_exists(#pk) OR #ttl <= :now",
          ExpressionAttributeNames: { "#pk": "pk", "#ttl": "ttl" },
          ExpressionAttributeValues: { ":now": atMs / 1_000 },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        },
      },
      {
        Update: {
          TableName: "inventory",
          Key: { pk: "STOCK#widget", sk: "AT#main" },
          UpdateExpression:
            "ADD #onHand :onHand, #reserved :reserved, #incoming :incoming, #damaged :damaged, " +
            "#qualityHold :qualityHold, #safety :safety, #backorderLimit :backorderLimit, #sellable :sellable, " +
            "#intact :intact, #version :version SET #type = :type, #sku = :sku, #location = :location, " +
            "#updatedAt = :updatedAt, #movement = :movement",
          ConditionExpression: "#sellable >= :sellableMin AND #onHand >= :onHandMin",
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: {
            ...zeros,
            ":onHand": -3,
            ":sellable": -3,
            ":intact": -3,
            ":version": 1,
            ":type": "level",
            ":sku": "widget",
            ":location": "main",
            ":updatedAt": at,
            ":movement": movement,
            ":sellableMin": 3,
            ":onHandMin": 3,
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        },
      },
    ]);
  });

  it("replaces the fence that an earlier request left", () => {
    const recordRead = { kind: "fence", attempt: "attempt-1" } as const;
    const receive = request({ kind: "receive", lines: [{ ...widget, quantity: 1 }] });
    const [put] = writes(planMovements(planContext({ context: context({ idempotency }), recordRead }), receive, none));
    expect(put).toMatchObject({
      Put: {
        ConditionExpression: "#state = :fenced AND #attempt = :attemptRead",
        ExpressionAttributeValues: { ":fenced": "fenced", ":attemptRead": "attempt-1" },
      },
    });
  });

  it("guards the upper range, with an absent level as zeros, and the quantity that it takes from incoming", () => {
    const receive = request({ kind: "receive", lines: [{ ...widget, quantity: 5, expected: 4 }] });
    expect(writes(planMovements(planContext(), receive, none))).toMatchObject([
      {
        Update: {
          ConditionExpression: "(attribute_not_exists(#pk) OR #onHand <= :onHandMax) AND #incoming >= :incomingMin",
          ExpressionAttributeValues: { ":onHandMax": 999_999_995, ":incomingMin": 4, ":incoming": -4, ":onHand": 5 },
        },
      },
    ]);
  });

  it("does not let an absent level pass a guard that zero would fail", () => {
    const lines = [600_000_000, 600_000_000].map((quantity) => ({ ...widget, quantity }));
    const receive = request({ kind: "receive", lines });
    expect(writes(planMovements(planContext(), receive, none))).toMatchObject([
      { Update: { ConditionExpression: "#onHand <= :onHandMax" } },
    ]);
  });

  it("plans a count as a compare on the version that was read, with the difference as delta", () => {
    const count = request({ kind: "count", lines: [{ ...widget, quantity: 3 }] });
    const read = new Map([[placeKey(widget), levelRecord({ onHand: 10, version: 7 })]]);
    expect(writes(planMovements(planContext(), count, read))).toMatchObject([
      {
        Update: {
          ConditionExpression: "#version = :versionExpected",
          ExpressionAttributeValues: { ":versionExpected": 7, ":onHand": -7, ":sellable": -7 },
        },
      },
    ]);
    expect(writes(planMovements(planContext(), count, none))).toMatchObject([
      { Update: { ConditionExpression: "attribute_not_exists(#pk)", ExpressionAttributeValues: { ":onHand": 3 } } },
    ]);
  });

  it("plans a change without deltas when the count equals the stored quantity", () => {
    const count = request({ kind: "count", lines: [{ ...widget, quantity: 10 }] });
    const read = new Map([[placeKey(widget), levelRecord({ onHand: 10, version: 7 })]]);
    const [update] = writes(planMovements(planContext(), count, read));
    expect(update).toMatchObject({
      Update: { ExpressionAttributeValues: { ":version": 1, ":movement": { deltas: {}, quantity: 10 } } },
    });
  });

  it("leaves If-Match to the transaction, but compares it before the write for a count", () => {
    const adjust = request({ kind: "adjust", lines: [{ ...widget, quantity: 2 }] }, 7);
    expect(writes(planMovements(planContext(), adjust, none))).toMatchObject([
      { Update: { ConditionExpression: expect.stringContaining("#version = :versionExpected AND ") } },
    ]);
    const count = request({ kind: "count", lines: [{ ...widget, quantity: 2 }] }, 7);
    expect(planMovements(planContext(), count, none)).toMatchObject({ refusal: { code: "version_mismatch" } });
  });
});

describe("prepareMovements", () => {
  it("merges lines of one level in order of first appearance", () => {
    const other = { ...widget, location: location("other") };
    const { lines } = request({
      kind: "receive",
      lines: [
        { ...widget, quantity: 1, expected: 1 },
        { ...other, quantity: 2 },
        { ...widget, quantity: 3 },
      ],
    });
    expect(lines).toEqual([
      { ...widget, quantity: 4, expected: 1 },
      { ...other, quantity: 2 },
    ]);
  });

  it("refuses a level counted twice, naming the second line", () => {
    const lines = [1, 2].map((quantity) => ({ ...widget, quantity }));
    expect(prepareMovements({ kind: "count", lines })).toMatchObject({
      refusal: { code: "validation_failed", errors: [{ path: "/lines/1" }] },
    });
  });

  it("refuses lines that cancel out", () => {
    const lines = [1, -1].map((quantity) => ({ ...widget, quantity }));
    expect(prepareMovements({ kind: "adjust", lines })).toMatchObject({ refusal: { code: "validation_failed" } });
  });

  it("accepts 90 levels after merging and refuses 91", () => {
    const levels = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...widget, sku: sku(`item-${index}`), quantity: 1 }));
    expect(request({ kind: "receive", lines: [...levels(90), ...levels(90)] }).lines).toHaveLength(90);
    expect(prepareMovements({ kind: "receive", lines: levels(91) })).toMatchObject({
      refusal: { code: "validation_failed", errors: [{ path: "/lines" }] },
    });
  });

  it("refuses If-Match for several lines", () => {
    const lines = [1, 2].map((quantity) => ({ ...widget, quantity }));
    expect(prepareMovements({ kind: "receive", lines }, 3)).toMatchObject({
      refusal: { code: "validation_failed", errors: [{ path: "If-Match" }] },
    });
  });
});
