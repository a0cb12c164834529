import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { clientOptions, dynamoDbEndpoint, uniqueName } from "laptop-cloud/testing";
import { describe, expect, it } from "vitest";
import type { Event } from "../../contract/event.ts";
import { busEvent } from "../../test/support/bus-events.ts";
import { recordingLog } from "../../test/support/gateway-event.ts";
import { levelChanges } from "../../test/support/level-events.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { realWait } from "../../test/support/shop.ts";
import { createStoreDynamoDb } from "../runtime/index.ts";
import { patienceMs } from "./judge.ts";
import { createLowStock } from "./low-stock.ts";

const lowStock = { threshold: 5, clear: 10 };
const changesOf = (...quantities: readonly number[]) =>
  levelChanges(
    "MUG",
    quantities.map((available) => ({ available, lowStock })),
  );

async function openWatcher() {
  const client = createStoreDynamoDb(clientOptions(await dynamoDbEndpoint()));
  const alertsTable = uniqueName("alerts");
  await client.send(
    new CreateTableCommand({
      TableName: alertsTable,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
  const published: Event[] = [];
  const state = { nowMs: 0, busIsDown: false };
  const handler = createLowStock({
    dynamoDb: () => client,
    alertsTable,
    clock: () => state.nowMs,
    random: Math.random,
    wait: realWait,
    log: recordingLog(),
    meter: recordingMeter(),
    bus: {
      publish: async (events) => {
        if (state.busIsDown) return events;
        published.push(...events);
        return [];
      },
    },
  });
  return { handler, state, ids: () => published.map(({ detail }) => detail.id) };
}
const id = (type: string, version: number) => `${type}/stock/MUG/LEEDS/${version}`;

describe("low-stock", () => {
  it("publishes each event for changes that arrive twice, late and at the same time", async () => {
    const { handler, ids } = await openWatcher();
    const changes = changesOf(20, 4, 12, 5, 30, 1, 40, 2, 50, 3);
    // Each call has one message, and all calls run concurrently. Failed messages are delivered again, as by the queue.
    let left = changes.map((change) => busEvent(change));
    for (let round = 1; left.length > 0; round++) {
      if (round > 10) throw new Error(`${left.length} messages are never done with`);
      const answers = await Promise.all(left.map((event) => handler(event)));
      left = left.filter((_, index) => answers[index]?.batchItemFailures.length);
    }
    const expected = changes
      .slice(1)
      .map(({ detail: { version } }) => id(version % 2 === 0 ? "StockRanLow" : "StockRecovered", version));
    expect([...new Set(ids())].sort()).toEqual(expected.sort());
  });

  it("publishes no event again for changes that it has already evaluated", async () => {
    const { handler, ids } = await openWatcher();
    const event = busEvent(...changesOf(20, 4));
    for (let time = 1; time <= 3; time++) expect(await handler(event)).toEqual({ batchItemFailures: [] });
    expect(ids()).toEqual([id("StockRanLow", 2)]);
  });

  it("has a waiting change delivered again, and evaluates it without the one that never arrived", async () => {
    const { handler, state, ids } = await openWatcher();
    const [first, , third] = changesOf(20, 15, 4);
    const late = busEvent(first ?? {}, third ?? {});
    expect(await handler(late)).toEqual({ batchItemFailures: [{ itemIdentifier: "message-1" }] });
    expect(ids()).toEqual([]);
    state.nowMs = patienceMs;
    expect(await handler(late)).toEqual({ batchItemFailures: [] });
    expect(ids()).toEqual([id("StockRanLow", 3)]);
  });

  it("publishes recorded events after the bus was down", async () => {
    const { handler, state, ids } = await openWatcher();
    const event = busEvent(...changesOf(4));
    state.busIsDown = true;
    expect((await handler(event)).batchItemFailures).toHaveLength(1);
    state.busIsDown = false;
    expect(await handler(event)).toEqual({ batchItemFailures: [] });
    expect(await handler(event)).toEqual({ batchItemFailures: [] });
    expect(ids()).toEqual([id("StockRanLow", 1)]);
  });
});
