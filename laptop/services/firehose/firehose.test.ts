import { gunzipSync } from "node:zlib";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EngineEndpoints } from "../context.ts";
import { createBucket, createStream, engineEndpoints, putRecords } from "../engines.fixture.ts";
import { contextOf, eventually, temporaryFolder } from "../services.fixture.ts";
import { openServiceState } from "../state.ts";
import { createFirehose } from "./firehose.ts";
import type { DeliveryStreamOptions } from "./firehose-service.ts";
import { checkPrefix, objectName } from "./object-name.ts";

let endpoints: EngineEndpoints;
beforeAll(async () => {
  endpoints = await engineEndpoints();
});

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(options: {
  streamArn: string;
  bucketArn: string;
  destination?: Partial<DeliveryStreamOptions["destination"]>;
  folder?: string;
  s3?: string;
}) {
  const context = contextOf({
    endpoints: { ...endpoints, ...(options.s3 ? { s3: options.s3 } : {}) },
    storage: options.folder ? "disk" : "memory",
    ...(options.folder ? { folder: options.folder } : {}),
  });
  const state = openServiceState(context);
  const firehose = createFirehose({ ...context, state });
  const stop = async () => {
    await firehose.stop();
    state.close();
  };
  stops.push(stop);
  await firehose.createDeliveryStream({
    name: "archive",
    source: { kinesisStreamArn: options.streamArn },
    destination: {
      bucketArn: options.bucketArn,
      prefix: "changes/!{timestamp:yyyy/MM/dd}/",
      compressionFormat: "GZIP",
      appendNewline: true,
      bufferingIntervalSeconds: 900,
      ...options.destination,
    },
  });
  return {
    firehose,
    stop: async () => {
      stops.splice(stops.indexOf(stop), 1);
      await stop();
    },
  };
}

type Bucket = Awaited<ReturnType<typeof createBucket>>;

async function archived(bucket: Bucket): Promise<unknown[]> {
  const bodies = await Promise.all((await bucket.keys()).sort().map((key) => bucket.get(key)));
  return bodies.flatMap((body) =>
    gunzipSync(body)
      .toString()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  );
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ n: from + index }));

describe("createDeliveryStream", () => {
  it("writes one compressed object of newline-delimited records under its prefix on flush", async () => {
    const [streamArn, bucket] = [await createStream(endpoints.kinesis, 2), await createBucket(endpoints.s3)];
    const { firehose } = await start({ streamArn, bucketArn: bucket.bucketArn });
    await putRecords(endpoints.kinesis, streamArn, numbers(1, 30));
    await firehose.flush();
    const keys = await bucket.keys();
    const today = new Date().toISOString().slice(0, 10);
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatch(
      new RegExp(`^changes/${today.replaceAll("-", "/")}/archive-1-${today}-\\d\\d-\\d\\d-\\d\\d-[0-9a-f-]{36}\\.gz$`),
    );
    expect(await archived(bucket)).toEqual(numbers(1, 30));
  });

  it("writes when the buffer is full or old, without a flush", async () => {
    const [streamArn, bucket] = [await createStream(endpoints.kinesis), await createBucket(endpoints.s3)];
    await start({ streamArn, bucketArn: bucket.bucketArn, destination: { bufferingIntervalSeconds: 0 } });
    await putRecords(endpoints.kinesis, streamArn, numbers(1, 3));
    await eventually(async () => expect(await archived(bucket)).toEqual(numbers(1, 3)));
    const full = await createBucket(endpoints.s3);
    await start({ streamArn, bucketArn: full.bucketArn, destination: { bufferingSizeMegabytes: 0.00001 } });
    await eventually(async () => expect(await archived(full)).toEqual(numbers(1, 3)));
  });

  it("flushes when it stops, and repeats no record after a restart", async () => {
    const [streamArn, bucket] = [await createStream(endpoints.kinesis), await createBucket(endpoints.s3)];
    const folder = temporaryFolder();
    await putRecords(endpoints.kinesis, streamArn, numbers(1, 3));
    const first = await start({ streamArn, bucketArn: bucket.bucketArn, folder });
    await first.stop();
    expect(await archived(bucket)).toEqual(numbers(1, 3));
    await putRecords(endpoints.kinesis, streamArn, numbers(4, 5));
    const second = await start({ streamArn, bucketArn: bucket.bucketArn, folder });
    await second.stop();
    // Object names end in a random text, so their order is not the order of the records.
    expect(await archived(bucket)).toHaveLength(5);
    expect(new Set(await archived(bucket))).toEqual(new Set(numbers(1, 5)));
  });

  it("loses no record that it had read but not written when it ended (S3 down)", async () => {
    const [streamArn, bucket] = [await createStream(endpoints.kinesis), await createBucket(endpoints.s3)];
    const folder = temporaryFolder();
    await putRecords(endpoints.kinesis, streamArn, numbers(1, 3));
    const first = await start({
      streamArn,
      bucketArn: bucket.bucketArn,
      folder,
      s3: "http://127.0.0.1:9",
      destination: { bufferingIntervalSeconds: 0 },
    });
    await first.stop();
    expect(await bucket.keys()).toEqual([]);
    const second = await start({ streamArn, bucketArn: bucket.bucketArn, folder });
    await second.firehose.flush();
    expect(await archived(bucket)).toEqual(numbers(1, 3));
  });
});

describe("objectName", () => {
  const at = new Date("2026-01-31T23:30:05Z");
  const named = (prefix: string, timezone = "UTC") =>
    objectName({ streamName: "s", prefix, extension: ".gz", timezone }, at);

  it("appends the hour where the prefix has no timestamp", () => {
    expect(named("raw/")).toMatch(/^raw\/2026\/01\/31\/23\/s-1-2026-01-31-23-30-05-/);
  });

  it("evaluates timestamps with literals in the stream's time zone, and random strings", () => {
    expect(named("a/!{timestamp:'year='yyyy}/!{timestamp:MM-dd'T'HH}/", "Europe/Berlin")).toMatch(
      /^a\/year=2026\/02-01T00\/s-1-/,
    );
    expect(named("!{firehose:random-string}/!{timestamp:yyyy}/")).toMatch(/^[0-9a-f]{11}\/2026\//);
  });

  it("refuses expressions that it cannot evaluate", () => {
    expect(() => checkPrefix("!{partitionKeyFromQuery:kind}/")).toThrow(
      "!{partitionKeyFromQuery:kind} is not known here",
    );
    expect(() => checkPrefix("!{timestamp:EEE}/")).toThrow('"EEE" is not known here');
  });
});
