import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { transport } from "../aws/transport.ts";
import type { Bound } from "../bind.ts";
import { lazy } from "../lazy.ts";
import type { Log } from "../observability/log.ts";
import type { Meter } from "../observability/meter.ts";
import type { quarantineVariable, Variables } from "../variables.ts";

/** A whole wrong record, with the reason. */
export interface Quarantined {
  /** Built from the record's position in its stream, so that a record that is delivered again overwrites itself. */
  readonly name: string;
  readonly reason: string;
  readonly record: unknown;
}

export type Quarantine = (quarantined: Quarantined) => Promise<void>;

/** Creates a quarantine that stores records in a bucket, in one folder per function. */
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

/** Returns the quarantine that a function's environment names. */
export function connectQuarantine(
  { environment }: Pick<Bound<Variables<typeof quarantineVariable>>, "environment">,
  folder: string,
): Quarantine {
  const options = { connectTimeoutMs: 2_000, timeoutMs: 5_000, attemptCountMax: 3 };
  const client = lazy(() => new S3Client({ forcePathStyle: true, ...transport(options) }));
  return createQuarantine(client, { bucket: environment.QUARANTINE_BUCKET, folder });
}

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
