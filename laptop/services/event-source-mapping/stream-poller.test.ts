import { beforeAll, describe, expect, it } from "vitest";
import type { EngineEndpoints } from "../context.ts";
import { createStream, createTable, engineEndpoints, putRecords } from "../engines.fixture.ts";
import { eventually, temporaryFolder } from "../services.fixture.ts";
import { numbers, startMapping } from "./event-source-mapping.fixture.ts";

let endpoints: EngineEndpoints;
beforeAll(async () => {
  endpoints = await engineEndpoints();
});

const mappingOf = (eventSourceArn: string) => ({ eventSourceArn, startingPosition: "TRIM_HORIZON" }) as const;

describe("Kinesis mapping", () => {
  it("delivers records in order, in batches of at most the batch size", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    await putRecords(endpoints.kinesis, streamArn, numbers(1, 25));
    const { batches, values } = await startMapping({ mapping: { ...mappingOf(streamArn), batchSize: 10 } });
    await eventually(() => expect(values()).toEqual(numbers(1, 25)));
    expect(batches().map((batch) => batch.length)).toEqual([10, 10, 5]);
  });

  it("waits for a full batch within the window", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    const { batches, values } = await startMapping({
      mapping: { ...mappingOf(streamArn), batchSize: 3, maximumBatchingWindowSeconds: 300 },
    });
    for (const number of numbers(1, 6)) await putRecords(endpoints.kinesis, streamArn, [number]);
    await eventually(() => expect(values()).toEqual(numbers(1, 6)));
    expect(batches().map((batch) => batch.length)).toEqual([3, 3]);
  });

  it("delivers records whose JSON data matches a filter", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    await putRecords(endpoints.kinesis, streamArn, [
      { kind: "a", n: 1 },
      { kind: "b", n: 2 },
      "no json",
      { kind: "a", n: 30 },
    ]);
    const { values } = await startMapping({
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

  it("continues after a restart where it stopped; with LATEST from the first record after its creation", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    await putRecords(endpoints.kinesis, streamArn, [{ n: 0 }]);
    const mapping = { eventSourceArn: streamArn, startingPosition: "LATEST" } as const;
    const folder = temporaryFolder();
    const before = await startMapping({ folder, mapping });
    await before.stop();
    await putRecords(endpoints.kinesis, streamArn, numbers(1, 2));
    const first = await startMapping({ folder, mapping });
    await eventually(() => expect(first.values().slice(-2)).toEqual(numbers(1, 2)));
    await first.stop();
    await putRecords(endpoints.kinesis, streamArn, numbers(3, 4));
    const second = await startMapping({ folder, mapping });
    await eventually(() => expect(second.values()).toEqual(numbers(3, 4)));
  });
});

describe("table stream mapping", () => {
  it("delivers the changes that match the filter", async () => {
    const table = await createTable(endpoints.dynamodb);
    const { values } = await startMapping({
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

  it("delivers the record with Lambda's names", async () => {
    const table = await createTable(endpoints.dynamodb);
    const source = "export const handler = async ({ Records }) => console.log('batch ' + JSON.stringify(Records));";
    const { values } = await startMapping({
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
