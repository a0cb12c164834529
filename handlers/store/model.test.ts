import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { LocationId, ReservationId, Sku } from "../../contract/identifiers.ts";
import { openShop, type Shop } from "../../test/support/shop.ts";
import { type Place, StockModel, sellableOf, ttlMs } from "../../test/support/stock-model.ts";
import { itemStockPartition, LevelRecord, type Outcome } from "../inventory/index.ts";

const quantity = fc.integer({ min: 1, max: 9 });
const at = fc.constantFrom<Place>("north", "south");
const policy = fc.record({ safety: fc.nat({ max: 4 }), backorderLimit: fc.nat({ max: 4 }) });
const part = fc.option(quantity, { nil: undefined });
const of = fc.nat({ max: 8 });
const act = <Name extends string>(...names: Name[]) => fc.constantFrom<Name>(...names);

const command = fc.oneof(
  fc.record({ act: act("receive", "return", "take", "count"), at, quantity }),
  fc.record({ act: act("policy"), at, policy }),
  fc.record({ act: act("hold"), at: fc.option(at, { nil: undefined }), quantity }),
  fc.record({ act: act("confirm", "pay", "failPayment", "expire"), of }),
  fc.record({ act: act("release", "fulfil"), of, part }),
  fc.record({ act: act("sleep"), elapsedMs: fc.constantFrom(1_000, ttlMs / 2, ttlMs) }),
);
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

interface World {
  readonly sku: Sku;
  readonly model: StockModel;
  readonly held: ReservationId[];
}

let nowMs = Date.parse("2026-11-24T09:00:00.000Z");
let shop: Shop;
let locations: Record<Place, LocationId>;
beforeAll(async () => {
  shop = await openShop({ clock: () => nowMs });
  const north = await shop.addLocation("north", { priority: 1 });
  locations = { north, south: await shop.addLocation("south", { priority: 2 }) };
});

describe("any sequence of commands", () => {
  it("gives the same levels as a plain model, with correct sellable and intact after every command", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 30, size: "max" }), async (commands) => {
        const sku = await shop.addItem(`item-${crypto.randomUUID()}`);
        const world = { sku, model: new StockModel(), held: [] };
        for (const each of commands) {
          const { done, expected } = await carryOut(world, each);
          expect(done, JSON.stringify(each)).toBe(expected);
          await compareLevels(world);
        }
        await compareReservations(world);
      }),
      { numRuns: 15 },
    );
  }, 240_000);
});

interface Both {
  readonly done: boolean;
  readonly expected: boolean;
}

async function carryOut(world: World, each: Command): Promise<Both> {
  const { model } = world;
  switch (each.act) {
    case "receive":
    case "return":
      return both(await move(world, each.act, each), model.add(each.at, each.quantity));
    case "take":
      return both(
        await move(world, "adjust", { ...each, quantity: -each.quantity }),
        model.add(each.at, -each.quantity),
      );
    case "count":
      return both(await move(world, "count", each), model.count(each.at, each.quantity));
    case "policy": {
      const change = { sku: world.sku, location: locations[each.at], policy: each.policy };
      return both(await shop.stock.putPolicy(shop.context(), change), model.policy(each.at, each.policy));
    }
    case "hold":
      return hold(world, each);
    case "sleep":
      nowMs += each.elapsedMs;
      return { done: true, expected: true };
    default:
      return world.held[each.of] ? onReservation(world, each, world.held[each.of] as ReservationId) : idle;
  }
}

const idle: Both = { done: true, expected: true };
const both = (outcome: Outcome<unknown>, expected: boolean): Both => ({ done: outcome.kind === "done", expected });
const newKey = () => shop.context(`key-${crypto.randomUUID()}`);

function move(world: World, kind: "receive" | "return" | "adjust" | "count", line: { at: Place; quantity: number }) {
  const lines = [{ sku: world.sku, location: locations[line.at], quantity: line.quantity }];
  return shop.stock.makeMovements(newKey(), { kind, lines });
}

async function hold({ sku, model, held }: World, each: Extract<Command, { act: "hold" }>): Promise<Both> {
  const line = { sku, quantity: each.quantity, ...(each.at && { location: locations[each.at] }) };
  const outcome = await shop.reservations.hold(newKey(), {
    owner: "shopper",
    ttlSeconds: ttlMs / 1_000,
    strategy: "priority",
    lines: [line],
  });
  if (outcome.kind === "done") held.push(outcome.value.id);
  return both(outcome, model.hold(each.at, each.quantity, nowMs));
}

type OnReservation = Extract<Command, { of: number }>;

async function onReservation({ sku, model }: World, each: OnReservation, id: ReservationId): Promise<Both> {
  const target = { id };
  switch (each.act) {
    case "pay":
      return both(
        await shop.reservations.pay(newKey(), target, { payWithinSeconds: ttlMs / 1_000 }),
        model.pay(each.of, nowMs),
      );
    case "failPayment":
      return both(await shop.reservations.failPayment(newKey(), target), model.failPayment(each.of, nowMs));
    case "confirm":
      return both(await shop.reservations.confirm(newKey(), target), model.confirm(each.of, nowMs));
    case "expire": {
      const { kind } = await shop.reservations.expire(shop.context(), id);
      return { done: kind === "expired", expected: model.expire(each.of, nowMs) };
    }
    default: {
      const command = each.part === undefined ? {} : { lines: [{ sku, quantity: each.part }] };
      return both(
        await shop.reservations[each.act](newKey(), target, command),
        model[each.act](each.of, each.part, nowMs),
      );
    }
  }
}

/** Recomputes the stored sums from the stored quantities, to show that they never drift. */
async function compareLevels({ sku, model }: World): Promise<void> {
  const { Items = [] } = await shop.direct.send(
    new QueryCommand({
      TableName: shop.tables.inventory,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": itemStockPartition(sku) },
      ConsistentRead: true,
    }),
  );
  const records = Items.map((item) => LevelRecord.parse(item));
  for (const place of ["north", "south"] as const) {
    const expected = model.levels[place];
    const record = records.find(({ location }) => location === locations[place]);
    if (!record) {
      expect(expected.version, place).toBe(0);
      continue;
    }
    expect(record).toMatchObject({ ...expected, sellable: sellableOf(expected) });
    expect(record.intact).toBe(record.onHand - record.damaged);
  }
}

async function compareReservations({ model, held }: World): Promise<void> {
  for (const [index, id] of held.entries()) {
    expect((await shop.reservations.read(id))?.status).toBe(model.statusAt(index, nowMs));
  }
}
