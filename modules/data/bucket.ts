import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import { Construct } from "constructs";
import type { Grantee } from "../identity/role.ts";
import { physicalName } from "../naming.ts";
import { isProtected, type Protection } from "../protection.ts";

export interface BucketProps {
  /** Unique among all buckets of all accounts. Add the account id to make it unique. */
  readonly name: string;
  /** Days until objects move to infrequent access. @default never */
  readonly infrequentAfterDays?: number;
  /** Days until objects are removed. @default never */
  readonly expireAfterDays?: number;
  /** @default protected: a bucket that holds objects cannot be destroyed */
  readonly protection?: Protection;
}

const unfinishedUploadDays = 7;

/**
 * A private bucket. S3 encrypts each object. Intents: `grantRead`, `grantWrite`, `grantFailures`.
 * @throws when an opt-out of protection gives no reason
 * @example
 * const invoices = new Bucket(stack, "invoices", { name: "shop-invoices-123456789012", infrequentAfterDays: 30 });
 * invoices.grantWrite(publicFunction);
 */
export class Bucket extends Construct {
  readonly bucket: S3Bucket;

  constructor(scope: Construct, id: string, props: BucketProps) {
    super(scope, id);
    const guarded = isProtected(props.protection ?? "protected");
    this.bucket = new S3Bucket(this, "bucket", {
      bucket: physicalName("bucket", props.name),
      forceDestroy: !guarded,
      lifecycle: { preventDestroy: guarded },
    });
    new S3BucketPublicAccessBlock(this, "no-public-access", {
      bucket: this.bucket.bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: this.bucket.bucket,
      rule: [
        {
          id: "age",
          status: "Enabled",
          filter: [{ prefix: "" }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: unfinishedUploadDays }],
          transition: props.infrequentAfterDays
            ? [{ days: props.infrequentAfterDays, storageClass: "STANDARD_IA" }]
            : undefined,
          expiration: props.expireAfterDays ? [{ days: props.expireAfterDays }] : undefined,
        },
      ],
    });
  }

  /** Name of the bucket. */
  get name(): string {
    return this.bucket.bucket;
  }

  /** ARN of the bucket. */
  get arn(): string {
    return this.bucket.arn;
  }

  /** Allows reading and listing objects. */
  grantRead(grantee: Grantee): void {
    grantee.role.allow({ actions: ["s3:GetObject"], resources: [`${this.arn}/*`] });
    grantee.role.allow({ actions: ["s3:ListBucket"], resources: [this.arn] });
  }

  /** Allows Lambda, under the function's role, to store stream records here when it stops retrying them. */
  grantFailures(grantee: Grantee): void {
    this.grantWrite(grantee);
    grantee.role.allow({ actions: ["s3:ListBucket"], resources: [this.arn] });
  }

  /** Allows writing objects, and nothing else. */
  grantWrite(grantee: Grantee): void {
    grantee.role.allow({ actions: ["s3:PutObject"], resources: [`${this.arn}/*`] });
  }
}
