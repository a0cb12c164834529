import { describe, expect, it } from "vitest";
import { Bucket } from "../data/bucket.ts";
import { probe, synthesize } from "../synthesized.fixture.ts";
import { ChangeStream, type ChangeStreamProps, type StreamConsumerProps } from "./change-stream.ts";

const consumed = (stream: Partial<ChangeStreamProps> = {}, consumer: Partial<StreamConsumerProps> = {}) =>
  synthesize((stack) => {
    const onFailure = new Bucket(stack, "failures", { name: "shop-failures" });
    new ChangeStream(stack, "changes", { name: "shop-changes", ...stream }).consumedBy(probe(stack), {
      onFailure,
      ...consumer,
    });
  });

describe("ChangeStream", () => {
  it("keeps changes for a week, encrypts them, and scales on demand", () => {
    const output = synthesize((stack) => void new ChangeStream(stack, "changes", { name: "shop-changes" }));
    expect(output.types()).toEqual(["aws_kinesis_stream"]);
    expect(output.one("aws_kinesis_stream")).toMatchObject({
      name: "shop-changes",
      retention_period: 168,
      stream_mode_details: { stream_mode: "ON_DEMAND" },
      encryption_type: "KMS",
    });
  });

  it.each([23, 8_761])("refuses to keep changes for %i hours", (retentionHours) => {
    expect(() => consumed({ retentionHours })).toThrow("Kinesis takes 24 to 8760");
  });

  it("sends batches to a function, and failed records to a bucket", () => {
    expect(consumed().types()).toEqual([
      "aws_cloudwatch_log_group", // of the function
      "aws_iam_role", // of the function
      "aws_iam_role_policy", // of the function
      "aws_kinesis_stream",
      "aws_lambda_event_source_mapping",
      "aws_lambda_function",
      "aws_s3_bucket", // failures
      "aws_s3_bucket_lifecycle_configuration",
      "aws_s3_bucket_public_access_block",
    ]);
  });

  it.each([
    [168, 561_600],
    [24, 43_200],
    [8_760, 604_800],
  ])("ends retries below the retention (%i h: %i s)", (retentionHours, maximum_record_age_in_seconds) => {
    expect(consumed({ retentionHours }).one("aws_lambda_event_source_mapping")).toMatchObject({
      maximum_record_age_in_seconds,
      maximum_retry_attempts: -1,
      starting_position: "TRIM_HORIZON",
      bisect_batch_on_function_error: true,
      function_response_types: ["ReportBatchItemFailures"],
      destination_config: { on_failure: { destination_arn: expect.stringContaining("aws_s3_bucket.failures") } },
    });
  });

  it("gives a function its own consumer (enhanced fan-out)", () => {
    const output = consumed({}, { delivery: "enhanced fan-out" });
    const consumer = expect.stringMatching(/^\$\{aws_kinesis_stream_consumer\..+\.arn\}$/);
    expect(output.one("aws_kinesis_stream_consumer")).toMatchObject({ name: "probe" });
    expect(output.one("aws_lambda_event_source_mapping")).toMatchObject({ event_source_arn: consumer });
    expect(output.statements()).toContainEqual({
      Effect: "Allow",
      Action: ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"],
      Resource: [consumer],
    });
  });

  it("sends only records that match a filter", () => {
    const filter = { dynamodb: { NewImage: { type: { S: ["level"] } } } };
    expect(consumed({}, { filters: [filter] }).one("aws_lambda_event_source_mapping")).toMatchObject({
      filter_criteria: { filter: [{ pattern: JSON.stringify(filter) }] },
    });
  });

  it("allows the function to read the stream and to write its failures, and nothing else", () => {
    expect(consumed().statements().slice(2)).toEqual([
      {
        Effect: "Allow",
        Action: ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"].map(
          (name) => `kinesis:${name}`,
        ),
        Resource: [expect.stringContaining("aws_kinesis_stream.changes")],
      },
      { Effect: "Allow", Action: ["s3:PutObject"], Resource: [expect.stringMatching(/failures.+\/\*$/)] },
      { Effect: "Allow", Action: ["s3:ListBucket"], Resource: [expect.stringContaining("failures")] },
    ]);
  });
});
