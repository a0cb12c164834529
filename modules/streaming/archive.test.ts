import { describe, expect, it } from "vitest";
import { Bucket } from "../data/bucket.ts";
import { synthesize } from "../synthesized.fixture.ts";
import { Archive, type ArchiveProps } from "./archive.ts";
import { ChangeStream } from "./change-stream.ts";

const made = (changed: Partial<ArchiveProps> = {}) =>
  synthesize((stack) => {
    const source = new ChangeStream(stack, "changes", { name: "shop-changes" });
    const bucket = new Bucket(stack, "archive", { name: "shop-archive" });
    new Archive(stack, "archiving", { name: "shop-archive", account: "000000000000", source, bucket, ...changed });
  });

describe("Archive", () => {
  it("delivers a stream to a bucket with its own role", () => {
    expect(made().types()).toEqual([
      "aws_iam_role",
      "aws_iam_role_policy",
      "aws_kinesis_firehose_delivery_stream",
      "aws_kinesis_stream", // the source
      "aws_s3_bucket", // the archive
      "aws_s3_bucket_lifecycle_configuration",
      "aws_s3_bucket_public_access_block",
    ]);
  });

  it("writes gzip files with one record per line", () => {
    expect(made({ fileSecondsMax: 300 }).one("aws_kinesis_firehose_delivery_stream")).toMatchObject({
      destination: "extended_s3",
      kinesis_source_configuration: { kinesis_stream_arn: expect.stringContaining("aws_kinesis_stream.changes") },
      extended_s3_configuration: {
        compression_format: "GZIP",
        file_extension: ".ndjson.gz",
        buffering_interval: 300,
        processing_configuration: {
          enabled: true,
          processors: [
            {
              type: "AppendDelimiterToRecord",
              parameters: [{ parameter_name: "Delimiter", parameter_value: "\\n" }],
            },
          ],
        },
      },
    });
  });

  it("may write to the bucket and read the stream, only for this account", () => {
    const output = made();
    expect(String(output.one("aws_iam_role").assume_role_policy)).toContain('"aws:SourceAccount":"000000000000"');
    expect(output.statements().map(({ Action }) => Action[0]?.split(":")[0])).toEqual(["s3", "kinesis"]);
  });
});
