import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { Context } from "aws-lambda";
import { describe, expect, it, onTestFinished } from "vitest";
import type { EventType } from "../../contract/event.ts";
import { WebhookId } from "../../contract/webhook.ts";
import { busEvent, item, itemChanged } from "../../test/support/bus-events.ts";
import { openQueue } from "../../test/support/expiry-queue.ts";
import { recordingLog } from "../../test/support/gateway-event.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { openWebhookTable } from "../../test/support/webhook-table.ts";
import { createRunOnce } from "../runtime/aws/idempotency.ts";
import { queueDelaySeconds } from "../runtime/aws/queue-delay.ts";
import { Delivery } from "./delivery.ts";
import { createSendPost } from "./post.ts";
import { nextAttemptAt } from "./schedule.ts";
import { signedHeaders } from "./signature.ts";
import { createWebhookDelivery } from "./webhook-delivery.ts";

// Only the part that Powertools reads.
const context = { getRemainingTimeInMillis: () => 15_000 } as Context;
const secret = `whsec_${Buffer.from("a secret of twenty-four b").toString("base64")}`;

async function openReceiver() {
  const state = { status: 200 };
  const received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    response.writeHead(state.status, { location: "http://127.0.0.1:9/" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { state, received, port: (server.address() as AddressInfo).port };
}

async function openDelivery() {
  const [{ client, webhooks, idempotencyTable }, queue, receiver] = await Promise.all([
    openWebhookTable(),
    openQueue(),
    openReceiver(),
  ]);
  const time = { nowMs: Date.parse("2026-03-01T10:00:00.000Z") };
  const [log, meter] = [recordingLog(), recordingMeter()];
  const handler = createWebhookDelivery({
    webhooks,
    sqs: () => queue.sqs,
    queueUrl: queue.queueUrl,
    clock: () => time.nowMs,
    log,
    meter,
    send: createSendPost("any"),
    runOnce: createRunOnce({ client, tableName: idempotencyTable, keyPrefix: "webhook" }),
  });
  const subscribe = async (events: EventType[]) => {
    const id = WebhookId.parse(crypto.randomUUID().replaceAll("-", ""));
    const url = `http://localhost:${receiver.port}/hook`;
    await webhooks.make({ id, url, events, secret, createdAt: "2026-03-01T10:00:00.000Z", bodyHash: "" });
    return id;
  };
  const waiting = async () => (await queue.receive()).map(({ Body }) => Delivery.parse(JSON.parse(Body ?? "")));
  return { handler, subscribe, waiting, counts: queue.counts, webhooks, time, log, meter, ...receiver };
}

const changed = itemChanged(item("MUG"));
const all = { batchItemFailures: [] };

describe("webhook-delivery", () => {
  it("posts an event, signed, to each webhook that subscribes to its type", async () => {
    const { handler, subscribe, waiting, received, log, meter } = await openDelivery();
    const wanting = await subscribe(["ItemChanged", "StockRanLow"]);
    await subscribe(["StockRanLow"]);
    expect(await handler(busEvent(changed), context)).toEqual(all);
    const deliveries = await waiting();
    expect(deliveries.map(({ webhook }) => webhook)).toEqual([wanting]);
    expect(await handler(busEvent(...deliveries), context)).toEqual(all);
    const correlation_id = "r";
    expect(log.lines).toMatchObject([
      { message: "event spread", fields: { correlation_id, webhookCount: 1 } },
      { message: "webhook delivered", fields: { correlation_id, webhook: wanting } },
    ]);
    expect(meter.counts).toEqual({ WebhooksDelivered: 1 });
    const [{ headers, body } = { headers: {}, body: "" }] = received;
    expect(JSON.parse(body)).toMatchObject({ type: "ItemChanged", data: { subject: "item/MUG", version: 1 } });
    const id = String(headers["webhook-id"]);
    const timestamp = Number(headers["webhook-timestamp"]);
    expect(headers).toMatchObject(signedHeaders(secret, { id, timestamp, body }));
  });

  it("delivers an event once when the bus sends it twice", async () => {
    const { handler, subscribe, waiting, received } = await openDelivery();
    await subscribe(["ItemChanged"]);
    await handler(busEvent(changed, changed), context);
    const deliveries = await waiting();
    expect(deliveries).toHaveLength(2);
    for (const delivery of deliveries) expect(await handler(busEvent(delivery), context)).toEqual(all);
    expect(received).toHaveLength(1);
  });

  it.each([500, 302, 404])("retries later with the same id after a response of %i", async (status) => {
    const { handler, subscribe, waiting, counts, received, state, time } = await openDelivery();
    await subscribe(["ItemChanged"]);
    await handler(busEvent(changed), context);
    const [first] = await waiting();
    if (!first) throw new Error("one delivery");
    state.status = status;
    expect(await handler(busEvent(first), context)).toEqual(all);
    expect(await counts()).toMatchObject({ delayed: 1 });
    const second = { ...first, attempt: 2, dueAtMs: time.nowMs + 5_000 };
    expect(await handler(busEvent(second), context)).toEqual(all);
    expect(received).toHaveLength(1); // The second attempt was not due yet.
    time.nowMs += 5_000;
    state.status = 204;
    expect(await handler(busEvent(second), context)).toEqual(all);
    expect(received.map(({ headers }) => headers["webhook-id"])).toEqual([first.messageId, first.messageId]);
    expect(received[0]?.headers["webhook-timestamp"]).not.toBe(received[1]?.headers["webhook-timestamp"]);
  });

  it("gives up after a day, and drops the deliveries of a deleted webhook", async () => {
    const { handler, subscribe, waiting, counts, received, state, time, log, webhooks } = await openDelivery();
    const id = await subscribe(["ItemChanged"]);
    await handler(busEvent(changed), context);
    const [delivery] = await waiting();
    if (!delivery) throw new Error("one delivery");
    state.status = 500;
    time.nowMs += 86_400_000;
    await handler(busEvent({ ...delivery, attempt: 9 }), context);
    expect(await counts()).toMatchObject({ delayed: 0 });
    expect(log.lines.map(({ message }) => message)).toContain("webhook given up");
    await webhooks.remove(id);
    await handler(busEvent(delivery, changed), context);
    expect(await counts()).toMatchObject({ ready: 0 });
    expect(received).toHaveLength(1);
  });
});

describe("createSendPost", () => {
  const post = (url: string) => ({ url, headers: {}, body: "{}" });
  const resolvesTo = (...addresses: string[]) =>
    createSendPost("public", (_, done) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      ),
    );

  it.each(["http://shop.example/", "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/"])(
    "sends no request to %s",
    async (url) => {
      await expect(createSendPost("public")(post(url))).rejects.toThrow("the address must");
    },
  );

  it("refuses a host name that resolves only to private addresses", async () => {
    const { port, received } = await openReceiver();
    const send = resolvesTo("127.0.0.1", "169.254.169.254", "::1");
    await expect(send(post(`https://rebound.example:${port}/`))).rejects.toThrow("leads to no address of the internet");
    expect(received).toEqual([]);
  });
});

describe("nextAttemptAt", () => {
  it("waits 5 s, 30 s, 2 min and then longer, for at most a day", () => {
    const waits: number[] = [];
    let nowMs = 0;
    for (let attempt = 1; ; attempt++) {
      const next = nextAttemptAt(0, attempt, nowMs);
      if (next === undefined) break;
      waits.push((next - nowMs) / 1_000);
      nowMs = next;
    }
    expect(waits.slice(0, 3)).toEqual([5, 30, 120]);
    expect(nowMs).toBeLessThanOrEqual(86_400_000);
    expect(nowMs).toBeGreaterThan(70_000_000);
  });

  it("delays a message by at most 15 minutes, the limit of a queue", () => {
    expect([queueDelaySeconds(5_000, 0), queueDelaySeconds(3_600_000, 0), queueDelaySeconds(0, 1)]).toEqual([
      5, 900, 0,
    ]);
  });
});

describe("signedHeaders", () => {
  it("gives the signature of the specification's example", () => {
    const example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const body = '{"email":"test@example.com","username":"test_user"}';
    expect(signedHeaders(example, { id: "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", timestamp: 1649367553, body })).toEqual({
      "webhook-id": "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
      "webhook-timestamp": "1649367553",
      "webhook-signature": "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    });
  });
});
