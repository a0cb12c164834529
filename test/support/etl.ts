import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { clientOptions, queuesAndBucketsEndpoint, uniqueName } from "laptop-cloud/testing";
import { onTestFinished } from "vitest";
import { createEtl } from "../../handlers/etl/etl.ts";
import { createQuarantine, type KinesisRecord } from "../../handlers/runtime/table-change/index.ts";
import { kyselyOf, urlAs } from "./database.ts";
import { recordingLog } from "./gateway-event.ts";
import { recordingMeter } from "./meter.ts";

/** Starts the ETL as its function does, with the role etl and a quarantine bucket of its own. */
export async function startEtl(databaseUrl: string) {
  const bucket = uniqueName("quarantine");
  const client = new S3Client({ ...clientOptions(await queuesAndBucketsEndpoint()), forcePathStyle: true });
  onTestFinished(() => client.destroy());
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const [log, meter] = [recordingLog(), recordingMeter()];
  const handler = createEtl({
    database: kyselyOf(urlAs(databaseUrl, "etl")),
    quarantine: createQuarantine(() => client, { bucket, folder: "etl" }),
    log,
    clock: Date.now,
    meter,
  });
  return {
    log,
    meter,
    deliver: (records: readonly KinesisRecord[]) => handler({ Records: records }),
    async quarantined(): Promise<readonly unknown[]> {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Promise.all(
        Contents.map(async ({ Key }) => {
          const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
          return JSON.parse((await object.Body?.transformToString()) ?? "null");
        }),
      );
    },
  };
}
