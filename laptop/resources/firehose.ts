import { z } from "zod";
import { defined } from "./defined.ts";
import { arn, lastPart } from "./naming.ts";
import { required } from "./registry.ts";
import {
  block,
  blocks,
  boolean,
  defineResource,
  ignored,
  notEncrypted,
  notMonitored,
  notTimed,
  number,
  only,
  optionalBlock,
  text,
} from "./resource.ts";

const oneDestination = "the laptop delivers only to S3";
const Processing = optionalBlock({
  enabled: boolean().default(true),
  processors: blocks({
    type: only(["AppendDelimiterToRecord"], "no other processor runs on the laptop"),
    parameters: blocks({ parameter_name: text(), parameter_value: text() }).default([]),
  }).default([]),
});

export const firehoseDeliveryStream = defineResource({
  type: "aws_kinesis_firehose_delivery_stream",
  engines: ["kinesis", "queuesAndBuckets"],
  arguments: {
    name: text(),
    destination: only(["extended_s3"], oneDestination),
    kinesis_source_configuration: block({ kinesis_stream_arn: text(), role_arn: text() }),
    extended_s3_configuration: block({
      bucket_arn: text(),
      role_arn: text(),
      prefix: text().optional(),
      error_output_prefix: text().optional(),
      buffering_interval: number().optional(),
      buffering_size: number().optional(),
      compression_format: z.enum(["UNCOMPRESSED", "GZIP"]).optional(),
      file_extension: text().optional(),
      custom_time_zone: text().optional(),
      processing_configuration: Processing,
      kms_key_arn: ignored(notEncrypted),
      cloudwatch_logging_options: ignored(notMonitored),
    }),
    server_side_encryption: ignored(notEncrypted),
    timeouts: ignored(notTimed),
  },
  apply: async (args, { registry, services, region }) => {
    const s3 = args.extended_s3_configuration;
    for (const role of [s3.role_arn, args.kinesis_source_configuration.role_arn]) {
      required(registry.roleByArn(role), "role", role);
    }
    const bucket = lastPart(s3.bucket_arn);
    required(registry.buckets.has(bucket) || undefined, "bucket", bucket);
    const processing = s3.processing_configuration;
    await services.firehose.createDeliveryStream({
      name: args.name,
      source: { kinesisStreamArn: args.kinesis_source_configuration.kinesis_stream_arn },
      destination: defined({
        bucketArn: s3.bucket_arn,
        prefix: s3.prefix,
        errorOutputPrefix: s3.error_output_prefix,
        bufferingIntervalSeconds: s3.buffering_interval,
        bufferingSizeMegabytes: s3.buffering_size,
        compressionFormat: s3.compression_format,
        fileExtension: s3.file_extension,
        customTimeZone: s3.custom_time_zone,
        appendNewline: processing?.enabled === true && processing.processors.length > 0,
      }),
    });
    const streamArn = arn("firehose", region, `deliverystream/${args.name}`);
    return { id: streamArn, arn: streamArn };
  },
  remove: (args, { services }) => services.firehose.deleteDeliveryStream(args.name),
});
