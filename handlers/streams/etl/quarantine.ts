import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { StreamRecord } from "./change.ts";

/** Keeps a record that alone is wrong, whole, with the reason; a repeated one overwrites itself. */
export type Quarantine = (record: StreamRecord, reason: string) => Promise<void>;

export function createQuarantine(client: () => S3Client, bucket: string): Quarantine {
  return async (record, reason) => {
    const [shardId, sequenceNumber] = record.eventID.split(":");
    await client().send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `etl/${shardId}/${sequenceNumber}.json`,
        ContentType: "application/json",
        Body: JSON.stringify({ reason, record }),
      }),
    );
  };
}
