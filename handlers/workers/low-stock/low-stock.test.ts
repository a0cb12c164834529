import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import type { Event } from "../../../contract/event.ts";
import { busEvent } from "../../../test/bus-events.ts";
import { clientOptions, dynamoDbEndpoint, uniqueName } from "../../../test/engines.ts";
import { recordingLog } from "../../../test/gateway-event.ts";
import { levelChanges } from "../../../test/level-events.ts";
import { realWait } from "../../../test/shop.ts";
import { createDynamoDbClient } from "../../store/index.ts";
import { createLowStock } from "./handler.ts";
import { patienceMs } from "./judge.ts";

const lowStock = { threshold: 5, clear: 10 };
const changesOf = (...quantities: readonly number[]) =>
  levelChanges(
    "MUG",
    quantities.map((available) => ({ available, lowStock })),
  );

async function openWatcher() {
  const client = createDynamoDbClient(clientOptions(await dynamoDbEndpoint()));
  const alertsTable = uniqueName("alerts");
  await client.send(
    new CreateTableCommand({
      ...{ TableName: alertsTable, BillingMode: "PAY_PER_REQUEST" },
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
    ...{ dynamoDb: () => client, alertsTable, clock: () => state.nowMs, random: Math.random, wait: realWait },
    log: recordingLog(),
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
  it("announces each crossing once, whatever comes twice, late and at the same time", async () => {
    const { handler, ids } = await openWatcher();
    const changes = changesOf(20, 4, 12, 5, 30, 1);
    const [a, b, c, d, e, f] = changes;
    const batches = [[f, b], [a, d], [c, a, f], [e, b], [e]].map((batch) =>
      busEvent(...batch.flatMap((one) => one ?? [])),
    );
    await Promise.all(batches.map((batch) => handler(batch)));
    expect(await handler(busEvent(...changes))).toEqual({ batchItemFailures: [] });
    expect([...new Set(ids())].sort()).toEqual(
      [
        id("StockRanLow", 2),
        id("StockRecovered", 3),
        id("StockRanLow", 4),
        id("StockRecovered", 5),
        id("StockRanLow", 6),
      ].sort(),
    );
  });

  it("announces nothing again that it judged before", async () => {
    const { handler, ids } = await openWatcher();
    const event = busEvent(...changesOf(20, 4));
    for (let time = 1; time <= 3; time++) expect(await handler(event)).toEqual({ batchItemFailures: [] });
    expect(ids()).toEqual([id("StockRanLow", 2)]);
  });

  it("asks for a change that waits again, and judges it without the one that never came", async () => {
    const { handler, state, ids } = await openWatcher();
    const [first, , third] = changesOf(20, 15, 4);
    const late = busEvent(first ?? {}, third ?? {});
    expect(await handler(late)).toEqual({ batchItemFailures: [{ itemIdentifier: "message-1" }] });
    expect(ids()).toEqual([]);
    state.nowMs = patienceMs;
    expect(await handler(late)).toEqual({ batchItemFailures: [] });
    expect(ids()).toEqual([id("StockRanLow", 3)]);
  });

  it("announces what it had recorded when the bus was down", async () => {
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
