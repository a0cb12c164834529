import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EngineEndpoints, LogLine } from "../context.ts";
import {
  createBucket,
  createQueue,
  createStream,
  createTable,
  engineEndpoints,
  putRecords,
} from "../engines.fixture.ts";
import type { FunctionOptions } from "../lambda/lambda-service.ts";
import { contextOf, eventually, startLambdaWith, temporaryFolder } from "../services.fixture.ts";
import { openState } from "../state.ts";
import { createEventSourceMappings } from "./event-source-mapping.ts";
import type { EventSourceMappingOptions } from "./event-source-mapping-service.ts";

let endpoints: EngineEndpoints;
beforeAll(async () => {
  endpoints = await engineEndpoints();
});

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A server that answers once so many wait for it, a moment later: time enough for one too many to come. */
async function openMeetings(size: number) {
  const waiting: ServerResponse[] = [];
  let waitingMax = 0;
  let answered = 0;
  const server = createServer((_, response) => {
    waitingMax = Math.max(waitingMax, waiting.push(response));
    if (waiting.length !== size) return;
    setTimeout(() => {
      answered += waiting.length;
      for (const one of waiting.splice(0)) one.end();
    }, 100);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => new Promise((resolve) => void server.close(() => resolve()).closeAllConnections()));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, counts: () => ({ waitingMax, answered }) };
}

/** Prints the batch it got, then throws when a value in it says so. */
const printing = `export const handler = async ({ Records }) => {
  const values = Records.map((record) => record.kinesis ? JSON.parse(Buffer.from(record.kinesis.data, "base64")) : record.dynamodb ? record.dynamodb.NewImage?.pk.S ?? record.eventName : JSON.parse(record.body));
  console.log("batch " + JSON.stringify(values));
  if (values.some((value) => value?.poison)) throw new Error("poison");
};`;

/** Reports each record that says so as failed. */
const reporting = `export const handler = async ({ Records }) => {
  const failed = Records.filter((record) => JSON.parse(record.kinesis ? Buffer.from(record.kinesis.data, "base64") : record.body).poison);
  console.log("batch " + JSON.stringify(Records.map((record) => JSON.parse(record.kinesis ? Buffer.from(record.kinesis.data, "base64") : record.body))));
  return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.kinesis?.sequenceNumber ?? record.messageId })) };
};`;

async function start(options: {
  mapping: Omit<EventSourceMappingOptions, "functionName">;
  source?: string;
  folder?: string;
  function?: Partial<FunctionOptions>;
}) {
  const lines: LogLine[] = [];
  const folder = options.folder ?? temporaryFolder();
  const context = contextOf({ endpoints, lines, folder, storage: options.folder ? "disk" : "memory" });
  const { lambda } = await startLambdaWith(context, options.source ?? printing, options.function);
  const state = openState(context);
  const mappings = createEventSourceMappings({ ...context, lambda, state });
  const stop = async () => {
    await mappings.stop();
    await lambda.stop();
    state.close();
  };
  stops.push(stop);
  await mappings.createEventSourceMapping({ functionName: "subject", ...options.mapping });
  const batches = (): unknown[][] =>
    lines.filter(({ line }) => line.startsWith("batch ")).map(({ line }) => JSON.parse(line.slice("batch ".length)));
  return {
    batches,
    values: () => batches().flat(),
    lines,
    stop: async () => {
      stops.splice(stops.indexOf(stop), 1);
      await stop();
    },
  };
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ n: from + index }));

describe("Kinesis mapping", () => {
  const mappingOf = (eventSourceArn: string) => ({ eventSourceArn, startingPosition: "TRIM_HORIZON" }) as const;

  it("hands over records in order, in batches of at most the batch size", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    await putRecords(endpoints.kinesis, streamArn, numbers(1, 25));
    const { batches, values } = await start({ mapping: { ...mappingOf(streamArn), batchSize: 10 } });
    await eventually(() => expect(values()).toEqual(numbers(1, 25)));
    expect(batches().map((batch) => batch.length)).toEqual([10, 10, 5]);
  });

  it("waits for a full batch within the window", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    const { batches, values } = await start({
      mapping: { ...mappingOf(streamArn), batchSize: 3, maximumBatchingWindowSeconds: 300 },
    });
    for (const number of numbers(1, 6)) await putRecords(endpoints.kinesis, streamArn, [number]);
    await eventually(() => expect(values()).toEqual(numbers(1, 6)));
    expect(batches().map((batch) => batch.length)).toEqual([3, 3]);
  });

  it("bisects a failing batch down to the one bad record and delivers it whole to S3", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    const { bucketArn, keys, get } = await createBucket(endpoints.s3);
    const records = [...numbers(1, 5), { n: 6, poison: true }, ...numbers(7, 16)];
    await putRecords(endpoints.kinesis, streamArn, records);
    const { batches } = await start({
      mapping: {
        ...mappingOf(streamArn),
        bisectBatchOnFunctionError: true,
        maximumRetryAttempts: 1,
        onFailureArn: bucketArn,
      },
    });
    await eventually(async () => expect(await keys()).toHaveLength(1));
    await eventually(() => expect(batches().at(-1)).toContainEqual({ n: 16 }));
    const [key = ""] = await keys();
    expect(key).toMatch(
      /^aws\/lambda\/[0-9a-f-]{36}\/shardId-0{12}\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-/,
    );
    const failure = JSON.parse((await get(key)).toString());
    expect(failure).toMatchObject({
      version: "1.0",
      requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 2 },
      responseContext: { statusCode: 200, functionError: "Unhandled" },
      KinesisBatchInfo: { shardId: "shardId-000000000000", batchSize: 1, streamArn },
    });
    const { Records } = JSON.parse(failure.payload);
    expect(
      Records.map((record: { kinesis: { data: string } }) =>
        JSON.parse(Buffer.from(record.kinesis.data, "base64").toString()),
      ),
    ).toEqual([{ n: 6, poison: true }]);
    const passed = batches().filter((batch) => !batch.some((value) => (value as { poison?: boolean }).poison));
    expect(passed.flat()).toEqual([...numbers(1, 5), ...numbers(7, 16)]);
  });

  it("starts again at the reported record and isolates it with bisection", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    const { queueArn, receive } = await createQueue(endpoints.sqs);
    await putRecords(endpoints.kinesis, streamArn, [{ n: 1 }, { n: 2 }, { n: 3, poison: true }, { n: 4 }]);
    const { batches } = await start({
      source: reporting,
      mapping: {
        ...mappingOf(streamArn),
        functionResponseTypes: ["ReportBatchItemFailures"],
        bisectBatchOnFunctionError: true,
        maximumRetryAttempts: 0,
        onFailureArn: queueArn,
      },
    });
    const [failure] = await receive();
    expect(failure).toMatchObject({
      KinesisBatchInfo: { batchSize: 1 },
      requestContext: { approximateInvokeCount: 1 },
    });
    expect(failure).not.toHaveProperty("payload");
    await eventually(() => expect(batches().at(-1)).toEqual([{ n: 4 }]));
    expect(batches().slice(0, 2)).toEqual([
      [{ n: 1 }, { n: 2 }, { n: 3, poison: true }, { n: 4 }],
      [{ n: 3, poison: true }, { n: 4 }],
    ]);
  });

  it("holds the shard while the function fails without a limit, then goes on in order", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    const source = `let calls = 0; export const handler = async ({ Records }) => {
      calls += 1;
      if (calls < 4) throw new Error("dependency down");
      console.log("batch " + JSON.stringify(Records.map((record) => JSON.parse(Buffer.from(record.kinesis.data, "base64")))));
    };`;
    await putRecords(endpoints.kinesis, streamArn, numbers(1, 3));
    const { values, batches } = await start({ source, mapping: mappingOf(streamArn) });
    await eventually(() => expect(values()).toEqual(numbers(1, 3)));
    expect(batches()).toHaveLength(1);
  });

  it("gives up records past the maximum age without invoking", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    const { queueArn, receive } = await createQueue(endpoints.sqs);
    await putRecords(endpoints.kinesis, streamArn, numbers(1, 2));
    const { batches } = await start({
      mapping: { ...mappingOf(streamArn), maximumRecordAgeSeconds: 0, onFailureArn: queueArn },
    });
    expect(await receive()).toMatchObject([
      { requestContext: { condition: "RecordAgeExceeded" }, responseContext: null },
    ]);
    expect(batches()).toEqual([]);
  });

  it("passes what a filter on the JSON in the data matches", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    await putRecords(endpoints.kinesis, streamArn, [
      { kind: "a", n: 1 },
      { kind: "b", n: 2 },
      "no json",
      { kind: "a", n: 30 },
    ]);
    const { values } = await start({
      mapping: {
        ...mappingOf(streamArn),
        filterPatterns: ['{"data":{"kind":["a"],"n":[{"numeric":[">",1]}]}}', '{"data":{"kind":["b"]}}'],
      },
    });
    await eventually(() =>
      expect(values()).toEqual([
        { kind: "b", n: 2 },
        { kind: "a", n: 30 },
      ]),
    );
  });

  it("goes on after a restart where it stopped, and from the first record after its making with LATEST", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    await putRecords(endpoints.kinesis, streamArn, [{ n: 0 }]);
    const mapping = { eventSourceArn: streamArn, startingPosition: "LATEST" } as const;
    const folder = temporaryFolder();
    const before = await start({ folder, mapping });
    await before.stop();
    await putRecords(endpoints.kinesis, streamArn, numbers(1, 2));
    const first = await start({ folder, mapping });
    await eventually(() => expect(first.values().slice(-2)).toEqual(numbers(1, 2)));
    await first.stop();
    await putRecords(endpoints.kinesis, streamArn, numbers(3, 4));
    const second = await start({ folder, mapping });
    await eventually(() => expect(second.values()).toEqual(numbers(3, 4)));
  });
});

describe("table stream mapping", () => {
  it("hands over the changes that the filter matches", async () => {
    const table = await createTable(endpoints.dynamodb);
    const { values } = await start({
      mapping: {
        eventSourceArn: table.streamArn,
        startingPosition: "LATEST",
        filterPatterns: ['{"eventName":["INSERT"],"dynamodb":{"NewImage":{"pk":{"S":[{"prefix":"a"}]}}}}'],
      },
    });
    await table.put({ pk: { S: "a1" } });
    await table.put({ pk: { S: "b1" } });
    await table.put({ pk: { S: "a1" }, more: { N: "1" } });
    await table.delete("a1");
    await table.put({ pk: { S: "a2" } });
    await eventually(() => expect(values()).toEqual(["a1", "a2"]));
  });

  it("carries the record as Lambda spells it", async () => {
    const table = await createTable(endpoints.dynamodb);
    const source = "export const handler = async ({ Records }) => console.log('batch ' + JSON.stringify(Records));";
    const { values } = await start({
      source,
      mapping: { eventSourceArn: table.streamArn, startingPosition: "TRIM_HORIZON" },
    });
    await table.put({ pk: { S: "a" }, n: { N: "1" }, bytes: { B: "AQI=" } });
    await eventually(() => expect(values()).toHaveLength(1));
    expect(values()[0]).toMatchObject({
      eventName: "INSERT",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      eventSourceARN: table.streamArn,
      dynamodb: {
        Keys: { pk: { S: "a" } },
        NewImage: { pk: { S: "a" }, n: { N: "1" }, bytes: { B: "AQI=" } },
        StreamViewType: "NEW_AND_OLD_IMAGES",
        ApproximateCreationDateTime: expect.any(Number),
      },
    });
  });
});

describe("queue mapping", () => {
  it("deletes what went well and leaves what the function reported", async () => {
    const queue = await createQueue(endpoints.sqs, 1);
    const { values } = await start({
      source: reporting,
      mapping: { eventSourceArn: queue.queueArn, functionResponseTypes: ["ReportBatchItemFailures"] },
    });
    await queue.send({ n: 1 });
    await queue.send({ n: 2, poison: true });
    // The one that failed comes again after its visibility timeout.
    await eventually(() =>
      expect(values().filter((value) => (value as { poison?: boolean }).poison).length).toBeGreaterThan(1),
    );
    expect(values().filter((value) => (value as { n: number }).n === 1)).toHaveLength(1);
    expect(await queue.messageCount()).toBe(1);
  });

  it("keeps the whole batch when the function throws or names an unknown message", async () => {
    const source = `export const handler = async ({ Records }) => {
      console.log("batch " + JSON.stringify(Records.map(({ body }) => JSON.parse(body))));
      return { batchItemFailures: [{ itemIdentifier: "unknown" }] };
    };`;
    const queue = await createQueue(endpoints.sqs);
    const { values, lines } = await start({
      source,
      mapping: { eventSourceArn: queue.queueArn, functionResponseTypes: ["ReportBatchItemFailures"] },
    });
    await queue.send({ n: 1 });
    await eventually(() => expect(values()).toEqual([{ n: 1 }]));
    await eventually(() => expect(lines.some(({ line }) => line.includes("it reported unknown"))).toBe(true));
    expect(await queue.messageCount()).toBe(1);
  });

  it("drops what the filter does not match", async () => {
    const queue = await createQueue(endpoints.sqs);
    const { values } = await start({
      mapping: { eventSourceArn: queue.queueArn, filterPatterns: ['{"body":{"kind":["wanted"]}}'] },
    });
    await queue.send({ kind: "other" });
    await queue.send({ kind: "wanted" });
    await eventually(async () => expect(await queue.messageCount()).toBe(0));
    expect(values()).toEqual([{ kind: "wanted" }]);
  });

  it("gathers up to the batch size within the window", async () => {
    const queue = await createQueue(endpoints.sqs);
    await Promise.all(numbers(1, 25).map((number) => queue.send(number)));
    const { batches } = await start({
      mapping: { eventSourceArn: queue.queueArn, batchSize: 25, maximumBatchingWindowSeconds: 5 },
    });
    await eventually(() => expect(batches().map((batch) => batch.length)).toEqual([25]));
  });

  it("runs at most as many batches at once as the mapping says", async () => {
    const queue = await createQueue(endpoints.sqs);
    const meetings = await openMeetings(2);
    const source = `export const handler = () => fetch("${meetings.url}").then(() => undefined);`;
    await Promise.all(numbers(1, 8).map((number) => queue.send(number)));
    await start({ source, mapping: { eventSourceArn: queue.queueArn, batchSize: 1, maximumConcurrency: 2 } });
    await eventually(() => expect(meetings.counts().answered).toBe(8));
    expect(meetings.counts().waitingMax).toBe(2);
  });
});
