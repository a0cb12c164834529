import { GetCommand, TransactWriteCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "vitest";
import type { LocationId, Sku } from "../../contract/identifiers.ts";
import { at, context, idempotency, planContext, reservation } from "../../test/support/inventory-data.ts";
import { doneValue } from "../../test/support/outcome.ts";
import { openShop, type Shop } from "../../test/support/shop.ts";
import {
  type Attributes,
  type Decision,
  LevelRecord,
  levelKey,
  planHold,
  planMovements,
  planPolicy,
  planTransition,
  prepareHold,
  prepareMovements,
  requestKey,
  reservationKey,
} from "../inventory/index.ts";

let shop: Shop;
let sku: Sku;
let location: LocationId;
beforeAll(async () => {
  shop = await openShop();
  sku = await shop.addItem("widget");
  location = await shop.addLocation("main");
});

/** Sends the writes of a plan unchanged: the engine must accept exactly what the core's tests compare. */
async function execute(decision: Decision): Promise<void> {
  if (decision.kind !== "write") throw new Error(`not a write but ${decision.kind}`);
  const TransactItems = decision.plan.writes.map(({ write }) => write) as TransactWriteCommandInput["TransactItems"];
  await shop.direct.send(new TransactWriteCommand({ TransactItems }));
}

const stored = async (table: string, key: Attributes): Promise<Attributes | undefined> =>
  (await shop.direct.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;

const level = () => stored(shop.tables.inventory, levelKey(sku, location));
const newPlanContext = (key?: string) =>
  planContext({ tables: shop.tables, context: context(key ? { idempotency: { ...idempotency, key } } : {}) });

describe("a plan on the engine", () => {
  it("writes the level with its movement and the request record together", async () => {
    const receive = doneValue(prepareMovements({ kind: "receive", lines: [{ sku, location, quantity: 9 }] }));
    await execute(planMovements(newPlanContext("one"), receive, new Map()));
    const movement = {
      id: "request-1-1",
      kind: "receive",
      quantity: 9,
      deltas: { onHand: 9 },
      actor: "ann",
      cause: { type: "request", id: "request-1" },
      at,
      occurredAt: at,
      requestId: "request-1",
    };
    expect(await level()).toEqual({
      pk: "STOCK#widget",
      sk: "AT#main",
      type: "level",
      sku,
      location,
      version: 1,
      updatedAt: at,
      movement,
      onHand: 9,
      reserved: 0,
      incoming: 0,
      damaged: 0,
      qualityHold: 0,
      safety: 0,
      backorderLimit: 0,
      sellable: 9,
      intact: 9,
    });
    const record = await stored(shop.tables.requests, requestKey({ ...idempotency, key: "one" }));
    expect(record).toMatchObject({ state: "done", bodyHash: "hash-1", requestId: "request-1" });
  });

  it("holds, confirms and fulfils on the same level", async () => {
    const { id } = reservation();
    const lines = [{ sku, location, quantity: 4 }];
    const hold = doneValue(prepareHold(id, { owner: "ann", ttlSeconds: 900, strategy: "priority", lines }));
    const held = planHold(newPlanContext("two"), hold, []);
    await execute(held);
    expect(await level()).toMatchObject({ reserved: 4, sellable: 5, intact: 9, version: 2 });
    if (held.kind !== "write" || held.plan.answer.type !== "reservation") throw new Error("not held");
    const confirmed = planTransition(
      newPlanContext("three"),
      { id, act: { kind: "confirm" } },
      held.plan.answer.reservation,
    );
    await execute(confirmed);
    expect(await stored(shop.tables.inventory, reservationKey(id))).toMatchObject({ status: "CONFIRMED", version: 2 });
    if (confirmed.kind !== "write" || confirmed.plan.answer.type !== "reservation") throw new Error("not confirmed");
    const act = { kind: "fulfil", command: {} } as const;
    await execute(planTransition(newPlanContext("four"), { id, act }, confirmed.plan.answer.reservation));
    expect(await level()).toMatchObject({ onHand: 5, reserved: 0, sellable: 5, intact: 5, version: 3 });
  });

  it("sets a policy without a request record", async () => {
    const policy = { safety: 2, backorderLimit: 1, lowStock: { threshold: 1, clear: 3 } };
    const request = { place: { sku, location }, policy, expectedVersion: 3 };
    await execute(planPolicy(newPlanContext(), request, LevelRecord.parse(await level())));
    expect(await level()).toMatchObject({ ...policy, sellable: 4, version: 4 });
  });
});
