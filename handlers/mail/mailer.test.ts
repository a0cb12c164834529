import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Context } from "aws-lambda";
import { clientOptions, dynamoDbEndpoint, uniqueName } from "laptop-cloud/testing";
import { describe, expect, it } from "vitest";
import { busEvent } from "../../test/support/bus-events.ts";
import { recordingLog } from "../../test/support/gateway-event.ts";
import { levelChanges } from "../../test/support/level-events.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { createRunOnce } from "../runtime/aws/idempotency.ts";
import type { Mail } from "./low-stock-mail.ts";
import { createMailer } from "./mailer.ts";

/** Returns a StockRanLow event for each of these versions. */
const crossings = (...versions: readonly number[]) => {
  const lowStock = { threshold: 5, clear: 10 };
  const steps = Array.from({ length: Math.max(...versions) }, () => ({ available: 4, lowStock }));
  return levelChanges("MUG", steps)
    .filter(({ detail }) => versions.includes(detail.version))
    .map(({ detail, source }) => ({
      source,
      "detail-type": "StockRanLow",
      detail: { ...detail, id: `StockRanLow/${detail.subject}/${detail.version}` },
    }));
};
// Only the part that Powertools reads.
const context = { getRemainingTimeInMillis: () => 20_000 } as Context;

async function openMailer() {
  const client = new DynamoDBClient(clientOptions(await dynamoDbEndpoint()));
  const tableName = uniqueName("idempotency");
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    }),
  );
  const sent: Mail[] = [];
  const state = { isDown: false };
  const open = () => {
    const send = async (mail: Mail) => {
      if (state.isDown) throw new Error("SES is down");
      sent.push(mail);
    };
    return createMailer({
      runOnce: createRunOnce({ client, tableName, keyPrefix: "mail" }),
      send,
      log: recordingLog(),
      meter: recordingMeter(),
    });
  };
  return { open, sent, state };
}

describe("mail", () => {
  it("sends one mail for each StockRanLow event, even when several instances get it repeatedly", async () => {
    const { open, sent } = await openMailer();
    const [first, second] = [open(), open()];
    const event = busEvent(...crossings(2, 7));
    expect(await first(event, context)).toEqual({ batchItemFailures: [] });
    expect(await second(event, context)).toEqual({ batchItemFailures: [] });
    expect(sent.map(({ id }) => id)).toEqual(["StockRanLow/stock/MUG/LEEDS/2", "StockRanLow/stock/MUG/LEEDS/7"]);
    expect(sent[0]?.subject).toBe("Low stock: MUG at LEEDS, 4 available");
    expect(sent[0]?.text).toContain("No further mail comes about it until 10 or more are available again.");
  });

  it("sends one mail when several instances get the event at the same time", async () => {
    const { open, sent } = await openMailer();
    const event = busEvent(...crossings(1));
    await Promise.all(Array.from({ length: 4 }, () => open()(event, context)));
    expect(sent).toHaveLength(1);
  });

  it("sends the mail on the next delivery when SES was down", async () => {
    const { open, sent, state } = await openMailer();
    const [handler, event] = [open(), busEvent(...crossings(1))];
    state.isDown = true;
    expect((await handler(event, context)).batchItemFailures).toHaveLength(1);
    state.isDown = false;
    expect(await handler(event, context)).toEqual({ batchItemFailures: [] });
    expect(sent).toHaveLength(1);
  });

  it("refuses an event of another type and sends nothing", async () => {
    const { open, sent } = await openMailer();
    const [change] = levelChanges("MUG", [{ available: 1 }]);
    expect((await open()(busEvent(change ?? {}), context)).batchItemFailures).toHaveLength(1);
    expect(sent).toEqual([]);
  });
});
