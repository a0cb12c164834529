import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object/index.js";
import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { Bucket } from "../data/bucket.ts";

export interface SiteFile {
  /** Path in the site, such as `assets/index-1a2b3c.js`. */
  readonly name: string;
  /** Path on the machine that synthesizes the Terraform. */
  readonly path: string;
  /** Such as `text/html; charset=utf-8`. */
  readonly contentType: string;
  /** SHA-256 of the bytes, in hex. */
  readonly sha256: string;
  /** The name contains a digest of the content, so browsers may cache the file for ever. */
  readonly immutable: boolean;
}

export interface SiteProps {
  /** Name of the bucket, unique among all buckets of all accounts. */
  readonly name: string;
  readonly files: readonly SiteFile[];
}

const cacheControl = { immutable: "public, max-age=31536000, immutable", changing: "no-cache" } as const;

/**
 * Files of a web site in a private bucket. Intents: `writeJson`, `servedBy`.
 * @example
 * const site = new Site(stack, "pages", { name: "shop-pages-123456789012", files: [] });
 * site.writeJson("config.json", { api: "/v1" });
 */
export class Site extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: SiteProps) {
    super(scope, id);
    this.bucket = new Bucket(this, "bucket", {
      name: props.name,
      protection: { disposableBecause: "each deployment writes all of it" },
    });
    const [immutable, changing] = [true, false].map((kept) => props.files.filter((file) => file.immutable === kept));
    const first = (immutable ?? []).map((file) => this.#write(file));
    // Pages are written after the files that they refer to, so no page asks for a file that does not exist yet.
    for (const file of changing ?? []) this.#write(file, first);
  }

  /** Writes a JSON file of values that only Terraform knows, such as the URLs of deployed APIs. */
  writeJson(name: string, value: object): void {
    new S3Object(this, name, {
      bucket: this.bucket.name,
      key: name,
      content: JSON.stringify(value),
      contentType: "application/json",
      cacheControl: cacheControl.changing,
    });
  }

  /** Allows one distribution to read the files, and nobody else. */
  servedBy(distributionArn: string): void {
    new S3BucketPolicy(this, "policy", {
      bucket: this.bucket.name,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "cloudfront.amazonaws.com" },
            Action: "s3:GetObject",
            Resource: `${this.bucket.arn}/*`,
            Condition: { StringEquals: { "AWS:SourceArn": distributionArn } },
          },
        ],
      }),
    });
  }

  #write(file: SiteFile, after?: S3Object[]): S3Object {
    const asset = new TerraformAsset(this, `file-${file.name}`, { path: file.path, type: AssetType.FILE });
    return new S3Object(this, file.name, {
      bucket: this.bucket.name,
      key: file.name,
      source: asset.path,
      sourceHash: file.sha256,
      contentType: file.contentType,
      cacheControl: file.immutable ? cacheControl.immutable : cacheControl.changing,
      dependsOn: after,
    });
  }
}
