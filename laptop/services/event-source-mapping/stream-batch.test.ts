import { beforeAll, describe, expect, it } from "vitest";
import type { EngineEndpoints } from "../context.ts";
import { createBucket, createQueue, createStream, engineEndpoints, putRecords } from "../engines.fixture.ts";
import { eventually } from "../services.fixture.ts";
import { numbers, reporting, startMapping } from "./event-source-mapping.fixture.ts";

let endpoints: EngineEndpoints;
beforeAll(async () => {
  endpoints = await engineEndpoints();
});

const mappingOf = (eventSourceArn: string) => ({ eventSourceArn, startingPosition: "TRIM_HORIZON" }) as const;

describe("bisection of a batch that fails", () => {
  it("finds the only bad record, and writes the whole record to S3", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    const { bucketArn, keys, get } = await createBucket(endpoints.s3);
    const records = [...numbers(1, 5), { n: 6, poison: true }, ...numbers(7, 16)];
    await putRecords(endpoints.kinesis, streamArn, records);
    const { batches } = await startMapping({
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

  it("starts again at the reported record, and isolates it", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    const { queueArn, receive } = await createQueue(endpoints.sqs);
    await putRecords(endpoints.kinesis, streamArn, [{ n: 1 }, { n: 2 }, { n: 3, poison: true }, { n: 4 }]);
    const { batches } = await startMapping({
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
});

describe("a batch without bisection", () => {
  it("holds its shard when there is no limit, then continues in order", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    const source = `let calls = 0; export const handler = async ({ Records }) => {
      calls += 1;
      if (calls < 4) throw new Error("dependency down");
      console.log("batch " + JSON.stringify(Records.map((record) => JSON.parse(Buffer.from(record.kinesis.data, "base64")))));
    };`;
    await putRecords(endpoints.kinesis, streamArn, numbers(1, 3));
    const { values, batches } = await startMapping({ source, mapping: mappingOf(streamArn) });
    await eventually(() => expect(values()).toEqual(numbers(1, 3)));
    expect(batches()).toHaveLength(1);
  });

  it("is given up without an invocation when its records are too old", async () => {
    const streamArn = await createStream(endpoints.kinesis);
    const { queueArn, receive } = await createQueue(endpoints.sqs);
    await putRecords(endpoints.kinesis, streamArn, numbers(1, 2));
    const { batches } = await startMapping({
      mapping: { ...mappingOf(streamArn), maximumRecordAgeSeconds: 0, onFailureArn: queueArn },
    });
    expect(await receive()).toMatchObject([
      { requestContext: { condition: "RecordAgeExceeded" }, responseContext: null },
    ]);
    expect(batches()).toEqual([]);
  });
});
