import { createHash } from "node:crypto";
import type { DynamoDbRecord } from "../streams/dynamodb-stream.ts";
import type { StreamRecord } from "../streams/record-stream.ts";
import type { KinesisDestinationOptions } from "./kinesis-destination-service.ts";

export interface PutEntry {
  readonly PartitionKey: string;
  /** Base64. */
  readonly Data: string;
}

/** A change as Kinesis Data Streams for DynamoDB writes it. */
export function changeRecord(
  record: StreamRecord<DynamoDbRecord>,
  options: KinesisDestinationOptions & { readonly region: string },
): PutEntry {
  const { eventID, eventName, userIdentity, dynamodb } = record.raw;
  const precision = options.approximateCreationDateTimePrecision ?? "MILLISECOND";
  const change = {
    awsRegion: options.region,
    eventID,
    eventName,
    userIdentity: userIdentity ? { principalId: userIdentity.PrincipalId, type: userIdentity.Type } : null,
    recordFormat: "application/json",
    tableName: options.tableName,
    dynamodb: {
      ApproximateCreationDateTime: precision === "MILLISECOND" ? record.arrivedAt : record.arrivedAt * 1000,
      Keys: dynamodb.Keys,
      ...(dynamodb.NewImage ? { NewImage: dynamodb.NewImage } : {}),
      ...(dynamodb.OldImage ? { OldImage: dynamodb.OldImage } : {}),
      SizeBytes: dynamodb.SizeBytes,
      ApproximateCreationDateTimePrecision: precision,
    },
    eventSource: "aws:dynamodb",
  };
  return { PartitionKey: partitionKey(dynamodb.Keys), Data: Buffer.from(JSON.stringify(change)).toString("base64") };
}

/** All changes of one item go to one shard. Keys may be longer than a partition key, so they are hashed. */
function partitionKey(keys: Readonly<Record<string, unknown>>): string {
  const sorted = Object.entries(keys).sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash("md5").update(JSON.stringify(sorted)).digest("hex").toUpperCase();
}
