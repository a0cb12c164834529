import {
  CreateQueueCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { clientOptions, queuesAndBucketsEndpoint, uniqueName } from "laptop-cloud/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { routes } from "../../contract/routes.ts";
import { kyselyOf, migratedDatabase, urlAs } from "../../test/support/database.ts";
import { startEtl } from "../../test/support/etl.ts";
import { recordingLog, send, type Token } from "../../test/support/gateway-event.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { levelImage, streamRecord } from "../../test/support/stream-records.ts";
import { createHttpHandler } from "../runtime/index.ts";
import { createOperationsRoutes } from "./routes.ts";

const closedPort = "http://127.0.0.1:1";

async function setup() {
  const sqs = sqsAt(await queuesAndBucketsEndpoint());
  const make = async () => (await sqs.send(new CreateQueueCommand({ QueueName: uniqueName("queue") }))).QueueUrl ?? "";
  const fill = (QueueUrl: string, messageCount: number, DelaySeconds = 0) =>
    sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: Array.from({ length: messageCount }, (_, index) => ({
          Id: String(index),
          MessageBody: "{}",
          DelaySeconds,
        })),
      }),
    );
  const queue = async (name: string) => ({
    name,
    url: await make(),
    deadLetterUrls: [await make(), await make()] as const,
  });
  const queues = [await queue("mail"), await queue("search")] as const;
  const database = urlAs(await migratedDatabase(), "app_reader");
  const read = (options: { sqs?: SQSClient; database?: string; token?: Token } = {}) => {
    const log = recordingLog();
    const clock = () => Date.parse("2026-11-27T10:00:00.000Z");
    const kysely = kyselyOf(options.database ?? database);
    const ports = { sqs: () => options.sqs ?? sqs, queues, database: kysely, clock, log };
    const routes = createOperationsRoutes(ports);
    const handler = createHttpHandler({
      function: "operations",
      routes,
      clock,
      ids: () => crypto.randomUUID(),
      log,
      meter: recordingMeter(),
    });
    return send(handler, "getOperations", { token: options.token ?? { scope: "operations:read" } });
  };
  return { sqs, queues, fill, database, read };
}

function sqsAt(endpoint: string): SQSClient {
  const client = new SQSClient({ ...clientOptions(endpoint), maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return client;
}

const empty = { depth: 0, inFlight: 0, delayed: 0, deadLetters: 0 };
const unknown = { depth: null, inFlight: null, delayed: null, deadLetters: null };

describe("getOperations", () => {
  it("counts messages that wait, are in flight, are delayed and are dead letters, for each queue", async () => {
    const { sqs, queues, fill, read } = await setup();
    const [mail] = queues;
    await fill(mail.url, 5);
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: mail.url, MaxNumberOfMessages: 2, VisibilityTimeout: 600 }));
    await fill(mail.url, 3, 900);
    const [failed, undelivered] = mail.deadLetterUrls;
    await fill(failed, 3);
    await fill(undelivered, 1);
    // A dead letter that is being read.
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: failed, VisibilityTimeout: 600 }));
    const { status, body } = await read();
    expect(status).toBe(200);
    expect(routes.getOperations.answers[200].schema.parse(body)).toEqual(body);
    expect(body).toEqual({
      asOf: "2026-11-27T10:00:00.000Z",
      queues: [
        { name: "mail", depth: 3, inFlight: 2, delayed: 3, deadLetters: 4 },
        { name: "search", ...empty },
      ],
      feeds: [],
      gaps: { open: 0, oldestAt: null },
    });
  });

  it("reports how far the feed is, its lag, and the gaps in the ledger", async () => {
    const { database, read } = await setup();
    const etl = await startEtl(database);
    const before = Date.now();
    const arrived = (version: number, at: string) => {
      const record = streamRecord({ newImage: levelImage({ sku: "A", version, at }) });
      return { ...record, kinesis: { ...record.kinesis, approximateArrivalTimestamp: (before - 20_000) / 1_000 } };
    };
    await etl.deliver([arrived(1, "2026-11-20T10:00:00.000Z"), arrived(3, "2026-11-20T11:00:00.000Z")]);
    const { body } = await read();
    const [feed] = body.feeds;
    expect(feed).toEqual({
      name: "etl",
      asOf: "2026-11-20T11:00:00.000Z",
      lagSeconds: expect.any(Number),
      movedAt: expect.any(String),
    });
    expect(feed.lagSeconds).toBeCloseTo((Date.parse(feed.movedAt) - before) / 1_000 + 20, 1);
    expect(body.gaps).toEqual({ open: 1, oldestAt: expect.stringMatching(/Z$/) });
    expect(Date.parse(body.gaps.oldestAt)).toBeGreaterThanOrEqual(before - 1_000);
  });

  it("answers null only for what does not answer (database down, a queue deleted, SQS down)", async () => {
    const { sqs, queues, fill, read } = await setup();
    await fill(queues[0].url, 1);
    const withoutDatabase = await read({ database: "postgresql://any@127.0.0.1:1/none" });
    expect(withoutDatabase).toMatchObject({ status: 200, body: { feeds: null, gaps: null } });
    expect(withoutDatabase.body.queues[0]).toEqual({ ...empty, name: "mail", depth: 1 });

    await sqs.send(new DeleteQueueCommand({ QueueUrl: queues[0].deadLetterUrls[0] }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl: queues[1].url }));
    expect((await read()).body.queues).toEqual([
      { ...empty, name: "mail", depth: 1, deadLetters: null },
      { ...unknown, name: "search", deadLetters: 0 },
    ]);

    const withoutSqs = await read({ sqs: sqsAt(closedPort) });
    expect(withoutSqs).toMatchObject({ status: 200, body: { feeds: [], gaps: { open: 0 } } });
    expect(withoutSqs.body.queues).toEqual(queues.map(({ name }) => ({ ...unknown, name })));
    expect(routes.getOperations.answers[200].schema.parse(withoutSqs.body)).toEqual(withoutSqs.body);
  });

  it("needs operations:read, which admin implies", async () => {
    const { read } = await setup();
    expect(await read({ token: { scope: "reports:read stock:read" } })).toMatchObject({
      status: 403,
      body: { requiredScope: "operations:read" },
    });
    expect((await read({ token: { scope: "admin" } })).status).toBe(200);
  });
});
