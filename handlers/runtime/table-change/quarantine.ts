import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { lazy } from "../lazy.ts";
import type { Log } from "../observability/log.ts";
import type { Meter } from "../observability/meter.ts";

/** A whole record that is wrong, with the reason. */
export interface Quarantined {
  /** Made of the record's place in its stream, so that a record which comes again overwrites itself. */
  readonly name: string;
  readonly reason: string;
  readonly record: unknown;
}

export type Quarantine = (quarantined: Quarantined) => Promise<void>;

/** Stores records in a bucket, in a folder for each function. */
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

/** Quarantines a record and reports it; `place` names the record in the log. */
export async function quarantineRecord(
  { quarantine, log, meter }: { readonly quarantine: Quarantine; readonly log: Log; readonly meter: Meter },
  quarantined: Quarantined,
  place: { readonly eventId: string } | { readonly sequenceNumber: string },
): Promise<void> {
  await quarantine(quarantined);
  meter.count("RecordsQuarantined");
  log.warn("record put into quarantine", { ...place, reason: quarantined.reason });
}
