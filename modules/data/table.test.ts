import { describe, expect, it } from "vitest";
import { ChangeStream } from "../streaming/change-stream.ts";
import { probe, synthesize } from "../synthesized.fixture.ts";
import { Bucket } from "./bucket.ts";
import { EncryptionKey } from "./encryption-key.ts";
import { Table } from "./table.ts";

const plain = { name: "shop-orders", region: "eu-west-1", partitionKey: "pk" };
const indexes = { byOwner: { partitionKey: "owner", sortKey: "pk" } };

describe("Table", () => {
  it("makes one resource", () => {
    expect(synthesize((stack) => void new Table(stack, "orders", plain)).types()).toEqual(["aws_dynamodb_table"]);
  });

  it("is billed on demand and protected, and its indexes contain only keys", () => {
    const output = synthesize(
      (stack) =>
        void new Table(stack, "orders", { ...plain, sortKey: "sk", indexes, ttlAttribute: "ttl", stream: true }),
    );
    expect(output.one("aws_dynamodb_table")).toMatchObject({
      name: "shop-orders",
      billing_mode: "PAY_PER_REQUEST",
      hash_key: "pk",
      range_key: "sk",
      attribute: [
        { name: "pk", type: "S" },
        { name: "sk", type: "S" },
        { name: "owner", type: "S" },
      ],
      global_secondary_index: [{ name: "byOwner", hash_key: "owner", range_key: "pk", projection_type: "KEYS_ONLY" }],
      ttl: { attribute_name: "ttl", enabled: true },
      stream_enabled: true,
      stream_view_type: "NEW_AND_OLD_IMAGES",
      point_in_time_recovery: { enabled: true },
      deletion_protection_enabled: true,
      lifecycle: { prevent_destroy: true },
    });
  });

  it("has no protection when the opt-out gives a reason", () => {
    const output = synthesize(
      (stack) => void new Table(stack, "orders", { ...plain, protection: { disposableBecause: "test data" } }),
    );
    expect(output.one("aws_dynamodb_table")).toMatchObject({
      point_in_time_recovery: { enabled: false },
      deletion_protection_enabled: false,
      lifecycle: { prevent_destroy: false },
    });
  });

  it("refuses an opt-out of protection without a reason", () => {
    const build = () =>
      synthesize((stack) => void new Table(stack, "orders", { ...plain, protection: { disposableBecause: " " } }));
    expect(build).toThrow("takes a reason");
  });

  it("allows a reader to read by key and to query the named indexes, and nothing else", () => {
    const output = synthesize((stack) =>
      new Table(stack, "orders", { ...plain, indexes }).grantRead(probe(stack), ["GetItem", "Query"], "byOwner"),
    );
    const table = expect.stringMatching(/^\$\{aws_dynamodb_table\.orders_table_\w+\.arn\}$/);
    const index = expect.stringMatching(/\.arn\}\/index\/byOwner$/);
    expect(output.statements().slice(2)).toEqual([
      { Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: [table] },
      { Effect: "Allow", Action: ["dynamodb:Query"], Resource: [index] },
    ]);
  });

  it("allows a writer the named operations, and nothing else", () => {
    const output = synthesize((stack) => new Table(stack, "orders", plain).grantWrite(probe(stack), "UpdateItem"));
    expect(output.statements().slice(2)).toEqual([
      {
        Effect: "Allow",
        Action: ["dynamodb:UpdateItem"],
        Resource: [expect.stringContaining("aws_dynamodb_table.orders")],
      },
    ]);
  });

  it("allows its readers and writers to use its key, only through DynamoDB", () => {
    const output = synthesize((stack) => {
      const encryptionKey = new EncryptionKey(stack, "key", {
        name: "shop",
        description: "Orders",
        account: "000000000000",
      });
      new Table(stack, "orders", { ...plain, encryptionKey }).grantRead(probe(stack), ["GetItem"]);
    });
    expect(output.one("aws_dynamodb_table")).toMatchObject({
      server_side_encryption: { enabled: true, kms_key_arn: expect.stringContaining("aws_kms_key.key") },
    });
    expect(output.statements().at(-1)).toEqual({
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
      Resource: [expect.stringContaining("aws_kms_key.key")],
      Condition: { StringEquals: { "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com" } },
    });
  });

  it("sends its changes to a stream", () => {
    const output = synthesize((stack) => {
      const stream = new ChangeStream(stack, "changes", { name: "shop-changes" });
      new Table(stack, "orders", plain).flowsTo(stream);
    });
    expect(output.types()).toEqual([
      "aws_dynamodb_kinesis_streaming_destination", // the flow
      "aws_dynamodb_table",
      "aws_kinesis_stream",
    ]);
  });
});

describe("a table's consumer", () => {
  it("gets every change again until it is handled or stored in the bucket", () => {
    const output = synthesize((stack) => {
      const failures = new Bucket(stack, "failures", { name: "shop-failures" });
      new Table(stack, "orders", { ...plain, stream: true }).consumedBy(probe(stack), { onFailure: failures });
    });
    expect(output.one("aws_lambda_event_source_mapping")).toMatchObject({
      event_source_arn: expect.stringContaining("stream_arn"),
      starting_position: "TRIM_HORIZON",
      bisect_batch_on_function_error: true,
      function_response_types: ["ReportBatchItemFailures"],
      maximum_retry_attempts: -1,
      maximum_record_age_in_seconds: 72_000,
    });
    expect(output.statements("probe")[2]).toEqual({
      Effect: "Allow",
      Action: ["DescribeStream", "GetRecords", "GetShardIterator"].map((name) => `dynamodb:${name}`),
      Resource: [expect.stringMatching(/\.arn\}\/stream\/\*$/)],
    });
    expect(output.statements("probe")[3]).toEqual({
      Effect: "Allow",
      Action: ["dynamodb:ListStreams"],
      Resource: ["*"],
    });
  });

  it("is refused when the table has no stream", () => {
    const build = () =>
      synthesize((stack) => {
        const failures = new Bucket(stack, "failures", { name: "shop-failures" });
        new Table(stack, "orders", plain).consumedBy(probe(stack), { onFailure: failures });
      });
    expect(build).toThrow("stream: true");
  });
});
