import { KinesisFirehoseDeliveryStream } from "@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream/index.js";
import { Construct } from "constructs";
import type { Bucket } from "../data/bucket.ts";
import { Role } from "../identity/role.ts";
import { physicalName } from "../naming.ts";
import type { ChangeStream } from "./change-stream.ts";

export interface ArchiveProps {
  readonly name: string;
  /** Id of the AWS account. */
  readonly account: string;
  readonly source: ChangeStream;
  /** Bucket for the files. */
  readonly bucket: Bucket;
  /** Firehose closes a file after this time, or earlier when the file is full. 0 to 900. @default 60 */
  readonly fileSecondsMax?: number;
  /** Size at which a file is full. 1 to 128. @default 64 */
  readonly fileMegabytesMax?: number;
}

/**
 * Writes every record of a stream, unchanged, to a bucket: gzip files with one JSON record per line, below
 * `changes/yyyy/MM/dd/HH/` by the hour (UTC) of arrival.
 * @example
 * new Archive(stack, "archive", {
 *   name: "shop-archive",
 *   account: "123456789012",
 *   source: new ChangeStream(stack, "changes", { name: "shop-changes" }),
 *   bucket: new Bucket(stack, "history", { name: "shop-history-123456789012" }),
 *   fileSecondsMax: 300,
 * });
 */
export class Archive extends Construct {
  readonly delivery: KinesisFirehoseDeliveryStream;

  constructor(scope: Construct, id: string, props: ArchiveProps) {
    super(scope, id);
    const { source, bucket } = props;
    const role = new Role(this, "role", {
      name: props.name,
      service: "firehose.amazonaws.com",
      sourceAccount: props.account,
      statements: [
        {
          actions: [
            "s3:AbortMultipartUpload",
            "s3:GetBucketLocation",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:ListBucketMultipartUploads",
            "s3:PutObject",
          ],
          resources: [bucket.arn, `${bucket.arn}/*`],
        },
      ],
    });
    source.grantRead({ role });
    this.delivery = new KinesisFirehoseDeliveryStream(this, "delivery", {
      name: physicalName("deliveryStream", props.name),
      destination: "extended_s3",
      kinesisSourceConfiguration: { kinesisStreamArn: source.arn, roleArn: role.arn },
      extendedS3Configuration: {
        bucketArn: bucket.arn,
        roleArn: role.arn,
        prefix: "changes/!{timestamp:yyyy/MM/dd/HH}/",
        errorOutputPrefix: "errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/",
        compressionFormat: "GZIP",
        fileExtension: ".ndjson.gz",
        bufferingInterval: props.fileSecondsMax ?? 60,
        bufferingSize: props.fileMegabytesMax ?? 64,
        processingConfiguration: {
          enabled: true,
          processors: [
            // Firehose expects the delimiter as two characters, backslash and n.
            { type: "AppendDelimiterToRecord", parameters: [{ parameterName: "Delimiter", parameterValue: "\\n" }] },
          ],
        },
      },
      dependsOn: [role.policy],
    });
  }
}
