import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { lazy } from "../lazy.ts";

/** A record that alone is wrong, whole, with the reason. */
export interface Quarantined {
  /** Made of the record's place in its stream, so that a repeated one overwrites itself. */
  readonly name: string;
  readonly reason: string;
  readonly record: unknown;
}

export type Quarantine = (quarantined: Quarantined) => Promise<void>;

/** Keeps records in a bucket, in a folder for each function. */
export function createQuarantine(
  client: () => S3Client,
  { bucket, folder }: { readonly bucket: string; readonly folder: string },
): Quarantine {
  return async ({ name, reason, record }) => {
    await client().send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `${folder}/${name}.json`,
        ContentType: "application/json",
        Body: JSON.stringify({ reason, record }),
      }),
    );
  };
}

export const lazyQuarantineClient = (): (() => S3Client) =>
  lazy(
    () =>
      new S3Client({
        forcePathStyle: true,
        maxAttempts: 3,
        requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
      }),
  );
