import { DescribeTableCommand, DescribeTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import { DescribeStreamSummaryCommand } from "@aws-sdk/client-kinesis";
import { GetBucketLifecycleConfigurationCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import type { LambdaService, Services } from "../services/index.ts";
import { dynamoDbEndpoint, kinesisEndpoint, queuesAndBucketsEndpoint, uniqueName } from "../testing/index.ts";
import { applyInstance } from "./index.ts";
import { instanceOf, laptopWith } from "./laptop.fixture.ts";

describe("aws_dynamodb_table", () => {
  const table = (name: string) => ({
    name,
    hash_key: "pk",
    attribute: [
      { name: "pk", type: "S" },
      { name: "owner", type: "S" },
    ],
    global_secondary_index: [{ name: "byOwner", hash_key: "owner", projection_type: "KEYS_ONLY" }],
    stream_enabled: true,
    stream_view_type: "NEW_AND_OLD_IMAGES",
    ttl: { attribute_name: "ttl", enabled: true },
  });

  it("is created with indexes, stream and TTL, and does not change when applied again", async () => {
    const name = uniqueName("table");
    const lines: string[] = [];
    const laptop = laptopWith({ dynamodb: await dynamoDbEndpoint(), lines });
    const first = await applyInstance(instanceOf("aws_dynamodb_table", table(name)), laptop);
    expect(first).toMatchObject({
      arn: `arn:aws:dynamodb:eu-west-1:000000000000:table/${name}`,
      stream_arn: expect.stringContaining(`:000000000000:table/${name}/stream/`),
    });
    const { TimeToLiveDescription } = await laptop.dynamodb.send(new DescribeTimeToLiveCommand({ TableName: name }));
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: "ttl", TimeToLiveStatus: "ENABLED" });
    expect(await applyInstance(instanceOf("aws_dynamodb_table", table(name)), laptop)).toEqual(first);
    expect(lines).toEqual([]);
  });

  it("gains and loses indexes in place and logs that", async () => {
    const name = uniqueName("table");
    const lines: string[] = [];
    const laptop = laptopWith({ dynamodb: await dynamoDbEndpoint(), lines });
    await applyInstance(instanceOf("aws_dynamodb_table", table(name)), laptop);
    const changed = { ...table(name), global_secondary_index: [{ name: "byOwnerToo", hash_key: "owner" }] };
    await applyInstance(instanceOf("aws_dynamodb_table", changed), laptop);
    const { Table } = await laptop.dynamodb.send(new DescribeTableCommand({ TableName: name }));
    expect(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName)).toEqual(["byOwnerToo"]);
    expect(lines).toEqual([
      expect.stringContaining("new index byOwnerToo"),
      expect.stringContaining("dropping the index byOwner,"),
    ]);
  });

  it("refuses other keys than the stored table has", async () => {
    const name = uniqueName("table");
    const laptop = laptopWith({ dynamodb: await dynamoDbEndpoint() });
    await applyInstance(instanceOf("aws_dynamodb_table", table(name)), laptop);
    const changed = { ...table(name), hash_key: "owner", range_key: "pk" };
    await expect(applyInstance(instanceOf("aws_dynamodb_table", changed), laptop)).rejects.toThrow(
      /another primary key.*reset/,
    );
  });
});

describe("aws_kinesis_stream", () => {
  it("is created once, with its retention; another number of shards is only logged", async () => {
    const name = uniqueName("stream");
    const lines: string[] = [];
    const laptop = laptopWith({ kinesis: await kinesisEndpoint(), lines });
    await applyInstance(instanceOf("aws_kinesis_stream", { name, shard_count: 2, retention_period: 168 }), laptop);
    await applyInstance(instanceOf("aws_kinesis_stream", { name, shard_count: 3, retention_period: 168 }), laptop);
    const { StreamDescriptionSummary } = await laptop.kinesis.send(
      new DescribeStreamSummaryCommand({ StreamName: name }),
    );
    expect(StreamDescriptionSummary).toMatchObject({ OpenShardCount: 2, RetentionPeriodHours: 168 });
    expect(lines).toEqual([expect.stringContaining("keeps its 2 shards")]);
  });
});

describe("aws_sqs_queue", () => {
  it("keeps its messages and gets new attributes when applied again", async () => {
    const name = uniqueName("queue");
    const queuesAndBuckets = await queuesAndBucketsEndpoint();
    const access = { endpoints: { sqs: queuesAndBuckets } } as Services["access"];
    const laptop = laptopWith({ queuesAndBuckets, services: { access } });
    const dead = await applyInstance(instanceOf("aws_sqs_queue", { name: `${name}-dead` }), laptop);
    const redrive_policy = JSON.stringify({ deadLetterTargetArn: dead.arn ?? "", maxReceiveCount: 5 });
    const { url } = await applyInstance(instanceOf("aws_sqs_queue", { name, redrive_policy }), laptop);
    const QueueUrl = String(url);
    await laptop.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "kept" }));
    const again = { name, redrive_policy, visibility_timeout_seconds: 180 };
    expect((await applyInstance(instanceOf("aws_sqs_queue", again), laptop)).url).toBe(url);
    const { Attributes } = await laptop.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    expect(Attributes).toMatchObject({ VisibilityTimeout: "180", RedrivePolicy: redrive_policy });
    const { Messages } = await laptop.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages?.map(({ Body }) => Body)).toEqual(["kept"]);
  });
});

describe("aws_s3_bucket", () => {
  it("keeps its objects when applied again, with the lifecycle of its configuration", async () => {
    const Bucket = uniqueName("bucket");
    const laptop = laptopWith({ queuesAndBuckets: await queuesAndBucketsEndpoint() });
    const apply = async () => {
      await applyInstance(instanceOf("aws_s3_bucket", { bucket: Bucket, force_destroy: true }), laptop);
      await applyInstance(
        instanceOf("aws_s3_bucket_public_access_block", { bucket: Bucket, block_public_acls: true }),
        laptop,
      );
      const rule = [{ id: "age", status: "Enabled", filter: [{ prefix: "a/" }], expiration: [{ days: 3 }] }];
      await applyInstance(instanceOf("aws_s3_bucket_lifecycle_configuration", { bucket: Bucket, rule }), laptop);
    };
    await apply();
    await laptop.s3.send(new PutObjectCommand({ Bucket, Key: "a/b", Body: "kept" }));
    await apply();
    const { Body } = await laptop.s3.send(new GetObjectCommand({ Bucket, Key: "a/b" }));
    expect(await Body?.transformToString()).toBe("kept");
    const { Rules } = await laptop.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules).toMatchObject([{ ID: "age", Expiration: { Days: 3 } }]);
  });

  it("must exist before its parts", async () => {
    const instance = instanceOf("aws_s3_bucket_public_access_block", { bucket: "none" });
    await expect(applyInstance(instance, laptopWith({}))).rejects.toThrow("there is no bucket none");
  });
});

describe("aws_lambda_invocation", () => {
  it("runs again only when its input, its triggers or its function have changed", async () => {
    const payloads: string[] = [];
    const invoke: LambdaService["invoke"] = async ({ payload = "" }) => {
      payloads.push(payload);
      const payloadOut = payload.includes("fail") ? '{"errorMessage":"no"}' : `"ran ${payloads.length}"`;
      const failed = payload.includes("fail") ? ({ functionError: "Unhandled" } as const) : {};
      return { statusCode: 200, requestId: "r", payload: payloadOut, executedVersion: "$LATEST", ...failed };
    };
    const laptop = laptopWith({ services: { lambda: { invoke } as LambdaService } });
    const run = (input: string, triggers: Readonly<Record<string, string>> = {}) =>
      applyInstance(instanceOf("aws_lambda_invocation", { function_name: "f", input, triggers }), laptop);
    expect((await run("1", { sql: "a", x: "b" })).result).toBe('"ran 1"');
    expect((await run("1", { x: "b", sql: "a" })).result).toBe('"ran 1"');
    expect((await run("1", { sql: "changed", x: "b" })).result).toBe('"ran 2"');
    await expect(run("fail")).rejects.toThrow(/the function f failed.*"no"/);
    await expect(run("fail")).rejects.toThrow("failed");
    expect(payloads).toEqual(["1", "1", "fail", "fail"]);
  });
});
