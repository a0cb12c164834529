import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  CreateBucketCommand,
  DeleteBucketLifecycleCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  type LifecycleRule,
  NotFound,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import { defined } from "./defined.ts";
import type { Laptop } from "./laptop.ts";
import { lastPart, nameOf } from "./naming.ts";
import { required } from "./registry.ts";
import {
  blocks,
  defineResource,
  ignored,
  notDestroyed,
  notEncrypted,
  notTimed,
  number,
  optionalBlock,
  refused,
  text,
  textMap,
} from "./resource.ts";

const notVersioned = "the engine keeps one version of an object";
const notPublic = "only this machine can reach the engine, and it has no public access";
const oneOwner = "there is one account";

export const s3Bucket = defineResource({
  type: "aws_s3_bucket",
  engines: ["queuesAndBuckets"],
  arguments: {
    bucket: text().optional(),
    bucket_prefix: text().optional(),
    force_destroy: ignored(notDestroyed),
    object_lock_enabled: ignored(notVersioned),
    timeouts: ignored(notTimed),
  },
  apply: async (args, { s3, registry, region }, place) => {
    const bucket = nameOf(args.bucket, args.bucket_prefix, place);
    if (!(await exists(s3, bucket))) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    registry.buckets.add(bucket);
    return {
      id: bucket,
      bucket,
      arn: `arn:aws:s3:::${bucket}`,
      bucket_domain_name: `${bucket}.s3.amazonaws.com`,
      bucket_regional_domain_name: `${bucket}.s3.${region}.amazonaws.com`,
      hosted_zone_id: "Z3AQBSTGFYJSTF",
    };
  },
  remove: "keeps data",
});

const Status = z.enum(["Enabled", "Disabled"]);

export const s3BucketLifecycleConfiguration = defineResource({
  type: "aws_s3_bucket_lifecycle_configuration",
  engines: ["queuesAndBuckets"],
  arguments: {
    bucket: text(),
    rule: blocks({
      id: text(),
      status: Status,
      prefix: text().optional(),
      filter: optionalBlock({ prefix: text().optional() }),
      expiration: optionalBlock({ days: number().optional(), expired_object_delete_marker: ignored(notVersioned) }),
      abort_incomplete_multipart_upload: optionalBlock({ days_after_initiation: number() }),
      noncurrent_version_expiration: ignored(notVersioned),
      noncurrent_version_transition: ignored(notVersioned),
      transition: ignored("the engine has one storage class"),
    }),
    expected_bucket_owner: ignored(oneOwner),
    transition_default_minimum_object_size: ignored("the engine has one storage class"),
    timeouts: ignored(notTimed),
  },
  apply: async (args, { s3, registry }) => {
    requireBucket(registry, args.bucket);
    const Rules = args.rule.map((rule): LifecycleRule => {
      const days = rule.expiration?.days;
      const abort = rule.abort_incomplete_multipart_upload?.days_after_initiation;
      return {
        ID: rule.id,
        Status: rule.status,
        Filter: { Prefix: rule.filter?.prefix ?? rule.prefix ?? "" },
        ...(days === undefined ? {} : { Expiration: { Days: days } }),
        ...(abort === undefined ? {} : { AbortIncompleteMultipartUpload: { DaysAfterInitiation: abort } }),
      };
    });
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket: args.bucket, LifecycleConfiguration: { Rules } }),
    );
    return { id: args.bucket };
  },
  remove: async (args, { s3 }) => void (await s3.send(new DeleteBucketLifecycleCommand({ Bucket: args.bucket }))),
});

export const s3BucketPolicy = defineResource({
  type: "aws_s3_bucket_policy",
  engines: ["queuesAndBuckets"],
  arguments: { bucket: text(), policy: text() },
  apply: (args, { registry }) => {
    requireBucket(registry, args.bucket);
    registry.resourcePolicies.set(`arn:aws:s3:::${args.bucket}`, args.policy);
    return { id: args.bucket };
  },
  remove: (args, { registry }) => void registry.resourcePolicies.delete(`arn:aws:s3:::${args.bucket}`),
});

const compared = "the laptop compares the object itself with the stored one";

export const s3Object = defineResource({
  type: "aws_s3_object",
  engines: ["queuesAndBuckets"],
  arguments: {
    bucket: text(),
    key: text(),
    source: text().optional(),
    content: text().optional(),
    content_base64: text().optional(),
    content_type: text().default("application/octet-stream"),
    cache_control: text().optional(),
    content_disposition: text().optional(),
    content_encoding: text().optional(),
    content_language: text().optional(),
    metadata: textMap().optional(),
    etag: ignored(compared),
    source_hash: ignored(compared),
    acl: ignored(notPublic),
    checksum_algorithm: ignored("the engine checks only MD5"),
    force_destroy: ignored(notDestroyed),
    bucket_key_enabled: ignored(notEncrypted),
    kms_key_id: ignored(notEncrypted),
    server_side_encryption: ignored(notEncrypted),
    storage_class: ignored("the engine has one storage class"),
    override_provider: ignored("it only changes tags"),
    website_redirect: refused("buckets are not served as websites"),
  },
  apply: async (args, { s3, registry }, place) => {
    requireBucket(registry, args.bucket);
    const Body = bytesOf(args, place.folder);
    const etag = createHash("md5").update(Body).digest("hex");
    const described = defined({
      ContentType: args.content_type,
      CacheControl: args.cache_control,
      ContentDisposition: args.content_disposition,
      ContentEncoding: args.content_encoding,
      ContentLanguage: args.content_language,
    });
    const at = { Bucket: args.bucket, Key: args.key };
    const there = await head(s3, at);
    const isSame =
      there?.ETag === `"${etag}"` &&
      Object.entries(described).every(([name, value]) => there[name as keyof typeof described] === value) &&
      JSON.stringify(there.Metadata ?? {}) === JSON.stringify(args.metadata ?? {});
    if (!isSame)
      await s3.send(new PutObjectCommand({ ...at, ...described, ...defined({ Metadata: args.metadata }), Body }));
    // The id contains the bucket, because two buckets may have objects with the same key.
    return { id: `${args.bucket}/${args.key}`, etag, version_id: "", arn: `arn:aws:s3:::${args.bucket}/${args.key}` };
  },
  remove: async (args, { s3 }) => void (await s3.send(new DeleteObjectCommand({ Bucket: args.bucket, Key: args.key }))),
});

function bytesOf(
  given: { source?: string | undefined; content?: string | undefined; content_base64?: string | undefined },
  folder: string,
): Buffer {
  if (given.source !== undefined) return readFileSync(resolve(folder, given.source));
  return given.content_base64 === undefined
    ? Buffer.from(given.content ?? "")
    : Buffer.from(given.content_base64, "base64");
}

async function head(client: S3Client, at: { Bucket: string; Key: string }) {
  try {
    return await client.send(new HeadObjectCommand(at));
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** Settings of a bucket for which the engine has no API. The bucket must exist; the settings have no effect. */
const withoutEffect = (type: string, reasons: Readonly<Record<string, string>>) =>
  defineResource({
    type,
    engines: ["queuesAndBuckets"],
    arguments: {
      bucket: text(),
      ...Object.fromEntries(Object.entries(reasons).map(([argument, reason]) => [argument, ignored(reason)])),
    },
    apply: (args, { registry }) => {
      const bucket = text().parse(args.bucket);
      requireBucket(registry, bucket);
      return { id: bucket };
    },
    remove: "leaves nothing",
  });

export const s3BucketPublicAccessBlock = withoutEffect("aws_s3_bucket_public_access_block", {
  block_public_acls: notPublic,
  block_public_policy: notPublic,
  ignore_public_acls: notPublic,
  restrict_public_buckets: notPublic,
  skip_destroy: notDestroyed,
});
export const s3BucketVersioning = withoutEffect("aws_s3_bucket_versioning", {
  versioning_configuration: notVersioned,
  expected_bucket_owner: oneOwner,
  mfa: notVersioned,
});
export const s3BucketEncryption = withoutEffect("aws_s3_bucket_server_side_encryption_configuration", {
  rule: notEncrypted,
  expected_bucket_owner: oneOwner,
});
export const s3BucketOwnershipControls = withoutEffect("aws_s3_bucket_ownership_controls", { rule: oneOwner });

function requireBucket(registry: Laptop["registry"], bucket: string): void {
  required(registry.buckets.has(lastPart(bucket)) || undefined, "bucket", bucket);
}

async function exists(client: S3Client, Bucket: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
