import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { dynamoDbEndpoint } from "laptop-cloud/testing";
import { beforeAll, describe, expect, it } from "vitest";
import type { LocationId, Sku } from "../../contract/identifiers.ts";
import { type Fault, startFaultProxy } from "../../test/support/fault-proxy.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { openShop, realWait, type Shop } from "../../test/support/shop.ts";
import { DeadlineError, itemKey } from "../inventory/index.ts";

const startMs = Date.parse("2026-11-24T09:00:00.000Z");
let nowMs = startMs;
let fault: Fault | undefined;
/** Runs at each pause between two attempts. */
let onPause: ((waitMs: number) => Promise<unknown>) | undefined;
let shop: Shop;
const meter = recordingMeter();
let location: LocationId;

beforeAll(async () => {
  const proxy = await startFaultProxy(await dynamoDbEndpoint(), ({ operation }) =>
    operation === "TransactWriteItems" ? fault : undefined,
  );
  shop = await openShop({
    endpoint: proxy.endpoint,
    meter,
    clock: () => nowMs,
    // A pause between attempts takes no real time. A time-out, which has a signal, takes real time.
    wait: async (waitMs, signal) => {
      if (signal) return realWait(waitMs, signal);
      nowMs += waitMs;
      await onPause?.(waitMs);
    },
  });
  location = await shop.addLocation("main");
  return () => proxy.stop();
});

const newItem = () => shop.addItem(`item-${crypto.randomUUID()}`);
const receive = (sku: Sku, context = shop.context(`key-${crypto.randomUUID()}`)) =>
  shop.stock.makeMovements(context, { kind: "receive", lines: [{ sku, location, quantity: 1 }] });

const archive = (sku: Sku) =>
  shop.direct.send(
    new UpdateCommand({
      TableName: shop.tables.inventory,
      Key: itemKey(sku),
      UpdateExpression: "SET #status = :archiving",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":archiving": "archiving" },
    }),
  );

describe("a command's deadline", () => {
  it.each([
    ["throttle", "TableThrottles"],
    ["conflict", "TransactionConflicts"],
    ["breakBefore", "UnknownOutcomes"],
  ] as const)(
    "ends within 8 s of receipt, and a later request with the same key succeeds (%s on every attempt, counted as %s)",
    async (each, counted) => {
      const sku = await newItem();
      const before = { ...meter.counts };
      const context = shop.context(`key-${crypto.randomUUID()}`);
      fault = each;
      await expect(receive(sku, context)).rejects.toThrow(DeadlineError);
      expect(nowMs - context.receivedAtMs).toBeLessThan(8_000);
      expect(nowMs - context.receivedAtMs).toBeGreaterThan(6_000);
      const names = ["TableThrottles", "TransactionConflicts", "UnknownOutcomes"];
      expect(names.filter((name) => meter.counts[name] !== before[name])).toEqual([counted]);
      fault = undefined;
      const again = { ...context, receivedAtMs: nowMs, requestId: crypto.randomUUID() };
      expect(await receive(sku, again)).toMatchObject({ kind: "done", replayed: false });
    },
  );

  it("counts from receipt: does not start a request that has waited too long", async () => {
    const context = { ...shop.context("late"), receivedAtMs: nowMs - 8_000 };
    await expect(receive(await newItem(), context)).rejects.toThrow(DeadlineError);
  });
});

describe("an existence fact", () => {
  it("is cached for 5 s after its read", async () => {
    const sku = await newItem();
    await receive(sku);
    await archive(sku);
    nowMs += 4_999;
    expect(await receive(sku)).toMatchObject({ kind: "done" });
    nowMs += 1;
    expect(await receive(sku)).toMatchObject({ refusal: { code: "item_not_found" } });
  });

  it("is read again before a retry that comes later than 5 s", async () => {
    const sku = await newItem();
    fault = "throttle";
    onPause = async () => {
      onPause = undefined;
      fault = undefined;
      nowMs += 5_000;
      await archive(sku);
    };
    expect(await receive(sku)).toMatchObject({ refusal: { code: "item_not_found" } });
    expect(await shop.stock.readLevel(sku, location, { consistent: true })).toMatchObject({ version: 0 });
  });
});
